"""Forms for KPIs and their figures: their fields are the arguments of the services."""
