"""Partnerships, their agencies and people; files taken in; mail going out; forms that were taken or wait."""

import re
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from csp_tracker.people import AgencyKind, ImportKind, ImportState, Role
from csp_tracker.querysets import (
    FileImportQuerySet,
    MembershipQuerySet,
    OfPartnershipQuerySet,
    PartnershipQuerySet,
    UserManager,
)
from csp_tracker.writing import Tracked

LSOA_CODE = re.compile(r"[EW]01[0-9]{6}")  # of England and Wales, where there are partnerships like these


class Partnership(Tracked):
    """One Community Safety Partnership; nothing of one is ever seen from another."""

    name = models.CharField("name", max_length=200)
    slug = models.SlugField("short name in addresses", max_length=60, unique=True)
    police_force = models.SlugField(
        "police force",
        max_length=60,
        blank=True,
        help_text="As data.police.uk writes it in the names of its files: essex, metropolitan, west-midlands.",
    )
    district = models.CharField(
        "district",
        max_length=100,
        blank=True,
        help_text="As the names of its LSOAs begin: Maldon for “Maldon 001A”. Needed where no LSOA codes are given.",
    )
    lsoa_codes = models.JSONField("LSOA codes of the district", default=list, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep each LSOA code once, in order; refuse what is none."""
        if not isinstance(self.lsoa_codes, list):
            raise ValidationError({"lsoa_codes": "Enter the codes one on a line."})
        codes = {str(code).strip().upper() for code in self.lsoa_codes}
        if wrong := sorted(code for code in codes if LSOA_CODE.fullmatch(code) is None):
            raise ValidationError({"lsoa_codes": f"“{wrong[0][:40]}” is not the code of an LSOA, such as E01021568."})
        self.lsoa_codes = sorted(codes)

    @property
    def partnership_id(self) -> int:
        """So that every row can be asked whose it is."""
        return self.pk


class Agency(Tracked):
    """One body in a partnership: a council, a police force, a landlord. Bodies change, so they are data, not code."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="agencies")
    name = models.CharField("name", max_length=200)
    short_name = models.CharField("short name", max_length=40, blank=True)
    kind = models.CharField("kind", max_length=20, choices=AgencyKind, default=AgencyKind.RESPONSIBLE)
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)

    objects = OfPartnershipQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(
                "partnership",
                Lower("name"),
                name="agency_name_once_in_a_partnership",
                violation_error_message="The partnership already has an agency of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name where there is one: what fits in a table."""
        return self.short_name or self.name


class HistoryOfPeople(HistoricalRecords):
    """Leaves out that somebody signed in: Django notes it in a column of the person, but the person did not change."""

    def post_save(self, instance: models.Model, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Keep what was saved, unless it was the time of the last sign-in alone."""
        if kwargs.get("update_fields") != {"last_login"}:
            super().post_save(instance, created, using, **kwargs)


class User(AbstractBaseUser, PermissionsMixin):
    """One person who signs in by e-mail; what they may do follows from their memberships. Never deleted."""

    email = models.EmailField(
        "e-mail address",
        max_length=254,
        unique=True,
        error_messages={"unique": "Somebody with this e-mail address is already here."},
    )
    name = models.CharField("name", max_length=150)
    is_active = models.BooleanField("can sign in", default=True)
    is_staff = models.BooleanField("technical staff", default=False, editable=False)
    joined_at = models.DateTimeField("joined", default=timezone.now, editable=False)

    history = HistoryOfPeople(
        excluded_fields=["password", "last_login"],
        history_change_reason_field=models.TextField(null=True),
    )
    objects = UserManager()

    #: The current memberships once somebody has asked for them: see csp_tracker.roles.
    known_memberships: "dict[int, Membership] | None" = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ("name", "pk")
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="user_email_in_lower_case",
                violation_error_message="Keep the e-mail address in lower case.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The person's name, as Django and allauth ask for it."""
        return self.name


class Membership(Tracked):
    """One person's place in one partnership: for which agency, in which role, until when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    role = models.CharField("role", max_length=20, choices=Role, default=Role.OFFICER)
    is_administrator = models.BooleanField("administrator", default=False)
    job_title = models.CharField("job title", max_length=150, blank=True)
    ends_on = models.DateField("last day", null=True, blank=True)
    wants_digest = models.BooleanField("one mail a week instead of each", default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("user__name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "partnership"),
                name="membership_once_in_a_partnership",
                violation_error_message="This person is already a member of the partnership.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.agency.label}, {self.get_role_display().lower()})"


class FileImport(Tracked):
    """One file somebody brought: what it was, what was read in it, what was decided, what came of it."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="file_imports")
    kind = models.CharField("kind", max_length=20, choices=ImportKind)
    state = models.CharField("state", max_length=20, choices=ImportState, default=ImportState.PREVIEWED)
    name = models.CharField("file name", max_length=255)
    file = models.FileField("file", upload_to="imports/", max_length=255, blank=True)
    sha256 = models.CharField("fingerprint", max_length=64)
    document = models.JSONField("the file as cells", default=dict, blank=True)
    headings = models.CharField("fingerprint of the headings", max_length=64, blank=True)
    tree = models.JSONField("what was read", default=dict, blank=True)
    decisions = models.JSONField("decisions", default=dict, blank=True)
    counts = models.JSONField("counts", default=dict, blank=True)
    imported_by = models.ForeignKey(User, models.PROTECT, related_name="file_imports")
    imported_at = models.DateTimeField("imported", default=timezone.now)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="confirmed by"
    )
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="undone by"
    )
    undone_at = models.DateTimeField("undone", null=True, blank=True, editable=False)
    made = models.JSONField("versions of the rows it wrote", default=dict, blank=True, editable=False)

    NOT_IN_HISTORY = ("document", "tree", "made")
    objects = FileImportQuerySet.as_manager()

    class Meta:
        ordering = ("-imported_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("partnership", "kind", "sha256"),
                condition=Q(state=ImportState.CONFIRMED),
                name="file_import_confirmed_once",
                violation_error_message="This very file has been imported already.",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.PREVIEWED, confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (~Q(state=ImportState.PREVIEWED) & Q(confirmed_at__isnull=False, confirmed_by__isnull=False)),
                name="file_import_confirmed_by_a_person",
                violation_error_message="A confirmed import says who confirmed it.",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.UNDONE, undone_at__isnull=False, undone_by__isnull=False)
                | (~Q(state=ImportState.UNDONE) & Q(undone_at__isnull=True, undone_by__isnull=True)),
                name="file_import_undone_by_a_person",
                violation_error_message="An import that was undone says who undid it.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OutboxMail(models.Model):
    """One mail to one person, written in the transaction that caused it and sent afterwards, with retries."""

    to = models.EmailField("to", max_length=254)
    subject = models.CharField("subject", max_length=255)
    text = models.TextField("words")
    html = models.TextField("the same as a page", blank=True)
    created_at = models.DateTimeField("written", default=timezone.now)
    sent_at = models.DateTimeField("sent", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("attempts", default=0)
    next_attempt_at = models.DateTimeField("next attempt", default=timezone.now)
    last_error = models.TextField("last error", blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(fields=("next_attempt_at",), condition=Q(sent_at__isnull=True), name="outbox_waiting"),
        ]

    def __str__(self) -> str:
        return self.subject


class FormReceipt(models.Model):
    """One form that made something: where it led, so that the same form sent again leads there and makes nothing."""

    fingerprint = models.CharField("of the person, the form and what was typed", max_length=64, unique=True)
    url = models.TextField("where it led", blank=True)
    words = models.TextField("what was told", blank=True)
    taken_at = models.DateTimeField("taken", default=timezone.now)

    class Meta:
        ordering = ("taken_at", "pk")

    def __str__(self) -> str:
        return self.words


class WaitingForm(models.Model):
    """A form that came when its person's sign-in had ended: what was typed waits half an hour for that person."""

    token = models.UUIDField("in the address", default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="waiting_forms")
    page = models.TextField("the page the form stood on")
    path = models.TextField("where it was sent")
    typed = models.TextField("what was typed, as a browser sends it", blank=True)
    files = models.TextField("names of the files, which are not kept", blank=True)
    partnership = models.CharField("the partnership last chosen", max_length=60, blank=True)
    kept_at = models.DateTimeField("kept", default=timezone.now)

    class Meta:
        ordering = ("kept_at", "pk")

    def __str__(self) -> str:
        return self.path
