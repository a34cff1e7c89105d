"""Admin of partnerships, their agencies and their people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from csp_tracker import services
from csp_tracker.admin_base import (
    ArchivableAdmin,
    InUse,
    OwnRows,
    ReadOnlyInline,
    ScopedAdmin,
    ServiceForm,
)
from csp_tracker.admin_site import administered
from csp_tracker.models import Agency, Membership, Partnership, User

admin.site.unregister(Group)  # rights follow from memberships; groups would give none


class PartnershipForm(ServiceForm):
    """The LSOA codes as somebody pastes them from a table, not as JSON."""

    lsoa_codes = forms.CharField(
        label="LSOA codes of the district",
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 8}),
        help_text="One on a line, or with commas or spaces between. They say more surely than the name what belongs to "
        "the district. Give those of 2011 and of 2021: both are met in police data.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["lsoa_codes"] = "\n".join(self.instance.lsoa_codes)

    def clean_lsoa_codes(self) -> list[str]:
        """Codes as a list; the model refuses what is none."""
        return str(self.cleaned_data["lsoa_codes"]).replace(",", " ").replace(";", " ").split()


@admin.register(Partnership)
class PartnershipAdmin(ScopedAdmin):
    """Administrators change the name and the district of their own; only superusers begin another."""

    form = PartnershipForm
    partnership_path = "pk"
    add_fields = ("name", "slug")
    fields = ("name", "slug", "police_force", "district", "lsoa_codes")
    fixed_fields = ("slug",)
    list_display = ("name", "slug")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A partnership is begun by whoever runs the service."""
        return bool(request.user.is_superuser) and super().has_add_permission(request)

    def add_row(self, *, by: Any, **fields: Any) -> Partnership:
        return services.create_partnership(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Partnership:
        return services.change_partnership(partnership=row, version=version, reason=reason, by=by, **fields)


@admin.register(Agency)
class AgencyAdmin(ArchivableAdmin):
    """The bodies of a partnership."""

    add_fields = ("partnership", "name", "short_name", "kind")
    fields = ("partnership", "name", "short_name", "kind", "is_archived")
    fixed_fields = ("partnership",)
    list_display = ("name", "short_name", "kind", "partnership")
    list_filter = (("partnership", OwnRows), "kind", InUse)
    read_with = ("partnership",)
    search_fields = ("name", "short_name")

    def add_row(self, *, by: Any, **fields: Any) -> Agency:
        return services.add_agency(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Agency:
        return services.change_agency(agency=row, version=version, reason=reason, by=by, **fields)

    def archive_row(self, *, row: Any, reason: str, by: Any) -> None:
        services.archive_agency(agency=row, reason=reason, by=by)

    def restore_row(self, *, row: Any, reason: str, by: Any) -> None:
        services.restore_agency(agency=row, reason=reason, by=by)


class PersonForm(ServiceForm):
    """A person's name; for superusers also whether they can sign in."""

    def version_of(self, row: Any) -> int | None:
        """The newest row of the person's history."""
        return services.version_of_person(row)


class MembershipInline(ReadOnlyInline):
    """The person's places in the partnerships the reader keeps, and in no other."""

    model = Membership
    fields = ("partnership", "agency", "role", "is_administrator", "ends_on")
    verbose_name_plural = "memberships"
    read_with = ("partnership", "agency", "user")


@admin.register(User)
class PersonAdmin(ScopedAdmin):
    """People of one's partnerships. Addresses, passwords and superusers are not changed here by anybody."""

    form = PersonForm
    fields = ("name", "email", "is_active", "joined_at")
    readonly_fields = ("email", "joined_at")
    inlines = (MembershipInline,)
    list_display = ("name", "email", "places", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "email")

    def scoped(self, rows: QuerySet, request: HttpRequest) -> QuerySet:
        """People with a membership, current or ended, of an own partnership."""
        if request.user.is_superuser:
            return rows
        mine = Membership.objects.filter(partnership__in=administered(request))
        return rows.filter(pk__in=mine.values("user"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """On the list with the person's places in own partnerships."""
        rows = super().get_queryset(request)
        if request.resolver_match is None or not str(request.resolver_match.url_name).endswith("_changelist"):
            return rows
        places = Membership.objects.select_related("agency", "user")
        if not request.user.is_superuser:
            places = places.filter(partnership__in=administered(request))
        return rows.prefetch_related(Prefetch("memberships", places, to_attr="own_places"))

    @admin.display(description="place")
    def places(self, person: Any) -> str:
        """Agency and role, in own partnerships only."""
        return "; ".join(f"{one.agency.label}, {one.get_role_display().lower()}" for one in person.own_places)

    def choice_label(self, row: Any) -> str:
        """Two people may share a name, not an address."""
        return f"{row.name} ({row.email})"

    def is_own(self, request: HttpRequest, row: Any) -> bool:
        """Whether the person is, or was, in a partnership the reader keeps."""
        return bool(request.user.is_superuser or administered(request) & self._partnerships_of(row))

    def _partnerships_of(self, person: Any) -> set[int]:
        if not hasattr(person, "_partnerships"):
            person._partnerships = set(person.memberships.values_list("partnership", flat=True))
        return person._partnerships

    def _is_only_ours(self, request: HttpRequest, person: Any) -> bool:
        """A name is the same everywhere, so nobody changes that of somebody another partnership knows too."""
        if request.user.is_superuser:
            return True
        return not person.is_superuser and self._partnerships_of(person) <= administered(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whether somebody can sign in anywhere is decided by superusers; a last day is set on the membership."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else [*fixed, "is_active"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Names of people no other partnership knows."""
        return super().has_change_permission(request, obj) and (obj is None or self._is_only_ours(request, obj))

    def has_view_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """A person's history names whoever changed them: not to be read from another partnership."""
        return super().has_view_history_permission(request, obj) and self._is_only_ours(request, obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A person comes with a membership."""
        return redirect("admin:csp_tracker_membership_add")

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> User:
        return services.change_person(person=row, version=version, reason=reason, by=by, **fields)


class MembershipForm(ServiceForm):
    """A new member by name and address; a known address brings the person who is here already."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(
        label="Name",
        max_length=150,
        help_text="They cannot sign in yet: send the invitation from the page People.",
    )


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Who is in a partnership, for which agency, in which role, until when. Nobody changes their own."""

    form = MembershipForm
    add_fields = (
        "partnership", "email", "name", "agency", "role", "is_administrator", "job_title", "ends_on",
    )  # fmt: skip
    fields = ("user", "partnership", "agency", "role", "is_administrator", "job_title", "ends_on")
    fixed_fields = ("user", "partnership")
    autocomplete_fields = ("agency",)
    list_display = ("user", "email", "agency", "role", "is_administrator", "ends_on", "partnership")
    list_filter = (("partnership", OwnRows), "role", "is_administrator", ("agency", OwnRows))
    read_with = ("user", "agency", "partnership")
    search_fields = ("user__name", "user__email", "job_title")

    @admin.display(description="e-mail address", ordering="user__email")
    def email(self, membership: Any) -> str:
        """Where invitations go."""
        return membership.user.email

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of others."""
        return super().has_change_permission(request, obj) and (obj is None or obj.user_id != request.user.pk)

    def add_row(self, *, by: Any, **fields: Any) -> Membership:
        return services.add_member(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Membership:
        return services.change_membership(membership=row, version=version, reason=reason, by=by, **fields)
