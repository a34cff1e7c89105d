"""Forms of plans, actions and updates: their fields are the arguments of the services."""
