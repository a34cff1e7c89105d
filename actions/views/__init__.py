"""Pages of plans, actions and updates."""
