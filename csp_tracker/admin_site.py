"""The admin pages as a whole: who comes in, and what the site shows outside any one model."""

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from csp_tracker.partnerships import memberships_of
from csp_tracker.requests import MemberRequest

RECENT = 10


def administered(request: HttpRequest) -> set[int]:
    """The partnerships the person is now an administrator of: read once a request."""
    return {one.partnership_id for one in memberships_of(cast(MemberRequest, request)) if one.is_administrator}


class NamedChoices(AutocompleteJsonView):
    """What a field offers while one types; which rows is asked of the other model's own admin, and so is their name."""

    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        """One row of the answer."""
        name = getattr(self.model_admin, "choice_label", str)
        return super().serialize_result(obj, to_field_name) | {"text": name(obj)}


class TrackerAdminSite(admin.AdminSite):
    """Admin for superusers and for a partnership's administrators, whoever else may be called staff."""

    site_title = "Action plan tracker"
    site_header = "Action plan tracker: administration"
    index_title = "Administration"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # plan data is archived, never deleted

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers, and members who are administrators today."""
        user = request.user
        return bool(user.is_authenticated and user.is_active and (user.is_superuser or administered(request)))

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Send strangers to the one sign-in page, with its lockout and second factor; refuse members without right."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return redirect("admin:index")
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one page to change one's own password; it is not in admin."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without `r/<type>/<id>/`: it leads to the page of any row there is, and so tells its address."""
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Rows to choose from, each by a name that is clear outside its list."""
        return NamedChoices.as_view(admin_site=self)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The first page, with what the person did lately in the partnerships they still keep."""
        return super().index(request, {"recent": self.recent(request), **(extra_context or {})})

    def recent(self, request: HttpRequest) -> list[LogEntry]:
        """The person's own last changes, of rows they may still see."""
        entries = LogEntry.objects.filter(user=request.user.pk).select_related("content_type")[: RECENT * 3]
        keys: dict[type[models.Model], set[str]] = {}
        for entry in entries:
            model = entry.content_type.model_class() if entry.content_type else None
            if model in self._registry:
                keys.setdefault(model, set()).add(entry.object_id or "")
        seen = {
            (model, str(pk))
            for model, wanted in keys.items()
            for pk in self._registry[model].get_queryset(request).filter(pk__in=wanted).values_list("pk", flat=True)
        }
        mine = [one for one in entries if one.content_type and (one.content_type.model_class(), one.object_id) in seen]
        return mine[:RECENT]
