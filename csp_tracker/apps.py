from django.apps import AppConfig


class CspTrackerConfig(AppConfig):
    """The kernel: partnerships and people, quarters, lights, grids and outgoing mail."""

    name = "csp_tracker"
    verbose_name = "Partnerships and people"

    def ready(self) -> None:
        """Register the system checks."""
        from csp_tracker import checks  # noqa: F401 - importing it registers them
