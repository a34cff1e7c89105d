"""The manager's side of a quarter: rounds opened, read, reviewed, locked and opened again for one person."""
