from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Dashboards, papers and downloads. Reads everything, writes no row of the plan."""

    name = "reports"
    verbose_name = "Reports"
