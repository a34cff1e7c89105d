"""How plans, actions and updates change: pages, admin, imports and commands all call these."""
