from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CspTrackerConfig(AppConfig):
    """The kernel: partnerships and people, quarters, lights, grids and outgoing mail."""

    name = "csp_tracker"
    verbose_name = "Partnerships and people"

    def ready(self) -> None:
        """Register the system checks."""
        from csp_tracker import checks  # noqa: F401 - importing it registers them


class TrackerAdminConfig(admin_apps.AdminConfig):
    """Django admin with the tracker's own site: see csp_tracker/admin_site.py."""

    default = False
    default_site = "csp_tracker.admin_site.TrackerAdminSite"
