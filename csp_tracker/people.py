"""What a person or a body can be: the words of the kernel's choice fields."""

from django.db import models


class Role(models.TextChoices):
    """What a member does in a partnership. Administrator is a separate flag, not a role."""

    VIEWER = "viewer", "Viewer"
    OFFICER = "officer", "Officer"
    MANAGER = "manager", "Manager"


class AgencyKind(models.TextChoices):
    """What a body is to the partnership (Crime and Disorder Act 1998, section 5)."""

    RESPONSIBLE = "responsible", "Responsible authority"
    CO_OPERATING = "co_operating", "Co-operating body"
    OTHER = "other", "Other"


class ImportKind(models.TextChoices):
    """What a file was read as."""

    PLAN = "plan", "Plan"
    INDICATORS = "indicators", "Indicators"


class ImportState(models.TextChoices):
    """How far an import has come."""

    PREVIEWED = "previewed", "Previewed"
    CONFIRMED = "confirmed", "Confirmed"
    UNDONE = "undone", "Undone"
