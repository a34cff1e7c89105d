"""What every admin page of the product shares: own rows only, changes through services, nothing deleted.

A model's admin says which service adds and which changes a row, and what leads from the row to its partnership:

    @admin.register(Priority)
    class PriorityAdmin(ArchivableAdmin):
        partnership_path = "plan__partnership"
        add_fields = ("plan", "number", "title")
        fields = ("plan", "number", "title")
        fixed_fields = ("plan",)

        def add_row(self, *, by, **fields):
            return services.add_priority(by=by, **fields)

        def change_row(self, *, row, version, reason, by, **fields):
            return services.change_priority(priority=row, version=version, reason=reason, by=by, **fields)

Whatever may be seen, chosen, searched, filtered by, or found in a history comes from `get_queryset`: that of the model
itself, or that of the model a field points to. What a service refuses is shown on the form, with the typed text.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats
from django.utils.text import Truncator, capfirst

from csp_tracker.admin_site import administered
from csp_tracker.history import Source, Trail
from csp_tracker.models import Partnership
from csp_tracker.receipts import FIELD, TakenBefore, keep, lead_back, take, token_field
from csp_tracker.writing import Conflict

SAME_MOMENT = "Somebody else saved something at the same moment that does not go with this. Look again, then save."
ONE_AT_A_TIME = "Save the other changes first. Then tick or untick this by itself, with its own reason."
NOTHING_CHANGED = "Nothing was changed: what you saved is what was there."
OF_A_CHANGE = ("reason", "version_seen")
NOT_COLUMNS = (*OF_A_CHANGE, FIELD)


def own_rows(site: admin.AdminSite, model: type[models.Model], request: HttpRequest) -> QuerySet:
    """The rows of a model that the person may see in admin; none of a model that has no page there."""
    if not site.is_registered(model):
        return model._default_manager.none()
    return site.get_model_admin(model).get_queryset(request)


def name_of_choices(site: admin.AdminSite, model: type[models.Model]) -> Callable[[Any], str]:
    """What the rows of a model are called where they are chosen: its own admin says."""
    label: Callable[[Any], str] = getattr(site.get_model_admin(model), "choice_label", str)
    return label


def shortened(text: str, length: int = 90) -> str:
    """Words cut to what a list has room for."""
    return Truncator(text).chars(length)


class OwnRows(admin.RelatedFieldListFilter):
    """A list's filter by a related row: only the person's own rows are offered."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        """The choices, each by the name its own admin gives it."""
        model = field.remote_field.model
        label = name_of_choices(model_admin.admin_site, model)
        return [(row.pk, label(row)) for row in own_rows(model_admin.admin_site, model, request)]


class InUse(admin.SimpleListFilter):
    """A list's filter by whether a row has been archived."""

    title = "whether in use"
    parameter_name = "in_use"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """The two kinds."""
        return [("yes", "In use"), ("no", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows of the kind chosen."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(archived_at__isnull=self.value() == "yes")


class ServiceForm(forms.ModelForm):
    """A form whose values go to a service. It carries the version that was read, and shows what the service refuses."""

    refusal: ValidationError | None = None

    reason = forms.CharField(
        label="Why this changes",
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Kept in the history. A plan that is no longer a draft needs it.",
    )
    version_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    once = token_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version_seen", self.version_of(self.instance))

    def version_of(self, row: Any) -> int | None:
        """The version the row carries now."""
        return getattr(row, "version", None)

    def validate_unique(self) -> None:
        """Left to the service, which knows all of the row and not only the fields shown."""

    def _post_clean(self) -> None:
        """Constraints are left to the service likewise: it may yet set right what only looks wrong."""
        self.instance.validate_constraints = lambda **_: None
        super()._post_clean()  # type: ignore[misc]

    def full_clean(self) -> None:
        """Check the fields, and add what the service said when it was given them."""
        super().full_clean()
        if self.is_bound and self.refusal is not None:
            self._show(self.refusal)

    def _show(self, refusal: ValidationError) -> None:
        if isinstance(refusal, Conflict):
            self._show_theirs(refusal)
        elif hasattr(refusal, "error_dict"):
            for name, errors in refusal.error_dict.items():
                self.add_error(self._field(name), errors)
        else:
            for error in refusal.error_list:
                self.add_error(self._field(error.code or ""), error)

    def _field(self, name: str) -> str | None:
        if name in self.fields:
            return name
        return "reason" if name.endswith("reason") and "reason" in self.fields else None

    def _show_theirs(self, conflict: Conflict) -> None:
        """Set the saved value beside each typed one that differs; the next save follows on from what is shown."""
        if self.instance.pk is None:
            self.add_error(None, "This is here already. Change it on its own page.")
            return
        typed = dict(self.cleaned_data)
        self.add_error(None, conflict)
        for name, value in typed.items():
            if name not in NOT_COLUMNS and hasattr(conflict.theirs, name) and value != getattr(conflict.theirs, name):
                self.add_error(name, f"Saved meanwhile: {_in_words(conflict.theirs, name)}")
        self.add_error(
            None, "What was saved stands above each field that differs. Save again to put yours in its place."
        )
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("version_seen")] = str(self.version_of(conflict.theirs))  # type: ignore[index]


def _in_words(row: models.Model, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if value is None or value == "":
        return "nothing"
    return f"“{value}”" if isinstance(value, str) else str(formats.localize(value))


class ArchivableForm(ServiceForm):
    """The form of a row that can be taken out of every list, and brought back."""

    is_archived = forms.BooleanField(
        label="Archived",
        required=False,
        help_text="Out of every list, with all that stands under it. Nothing is deleted.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("is_archived", getattr(self.instance, "archived_at", None) is not None)


class OwnRowsOnly:
    """Mixed into admins and inlines: rows of the person's partnerships only, and rights that follow from the row."""

    partnership_path: ClassVar[str] = "partnership"
    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True
    #: Relations whose names a row shows wherever it stands; `list_select_related` would serve its list alone.
    read_with: ClassVar[Sequence[str]] = ()
    model: Any

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The rows of the partnerships the person keeps; a superuser keeps all."""
        rows = super().get_queryset(request)  # type: ignore[misc]
        relations = [*self.read_with, *filter(None, [self.partnership_path.rpartition("__")[0]])]
        return self.scoped(rows.select_related(*relations) if relations else rows, request)

    def scoped(self, rows: QuerySet, request: HttpRequest) -> QuerySet:
        """Narrow rows to the person's own."""
        if request.user.is_superuser:
            return rows
        mine = Partnership.objects.administered_by(request.user).values("pk")  # type: ignore[arg-type]
        return rows.filter(**{f"{self.partnership_path}__in": mine})

    def is_own(self, request: HttpRequest, row: Any) -> bool:
        """Whether the row belongs to a partnership the person keeps."""
        if request.user.is_superuser:
            return True
        *above, last = self.partnership_path.split("__")
        owner = reduce(getattr, above, row)
        return (owner.pk if last == "pk" else getattr(owner, f"{last}_id")) in administered(request)

    def _may(self, request: HttpRequest, row: Any) -> bool:
        return admin.site.has_permission(request) and (row is None or self.is_own(request, row))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever comes in at all sees the app."""
        return admin.site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own rows are seen."""
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are added where a service adds them."""
        return self.may_add and self._may(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own rows are changed where a service changes them."""
        return self.may_change and self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted."""
        return False


class ScopedAdmin(OwnRowsOnly, admin.ModelAdmin):
    """The admin of a model whose rows belong to a partnership. See the head of this module."""

    form: type[ServiceForm] = ServiceForm
    add_fields: ClassVar[Sequence[str]] = ()
    fixed_fields: ClassVar[Sequence[str]] = ()  # chosen once, when the row is added
    #: Form fields that choose several rows, and the many-to-many field each stands for.
    several: ClassVar[dict[str, str]] = {}
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False

    def add_row(self, *, by: Any, **fields: Any) -> models.Model:
        """Add a row through its service."""
        raise NotImplementedError

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> models.Model | None:
        """Change a row through its service; None where the row given was changed in place."""
        raise NotImplementedError

    # What is shown --------------------------------------------------------------------------------------------------

    def choice_label(self, row: models.Model) -> str:
        """What the row is called where it is chosen, outside its own list."""
        return shortened(str(row), 120)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The row's own page, by its own address: the site has none that finds any row by its number."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields; when a row is changed also why, and the version that was read."""
        if obj is None:
            return [(None, {"fields": [*(self.add_fields or self.fields or ()), FIELD]})]
        sets = list(super().get_fieldsets(request, obj))
        if self.has_change_permission(request, obj):
            sets.append((None, {"fields": list(OF_A_CHANGE)}))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What cannot be changed, or not any more."""
        return [*super().get_readonly_fields(request, obj), *(self.fixed_fields if obj else ())]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form class for this request: only the fields shown, and the service's refusal if there was one."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        form.base_fields = {name: field for name, field in form.base_fields.items() if name in shown}
        for name, of in self.several.items():
            if name in form.base_fields:
                form.base_fields[name] = self._several(form.base_fields[name], of, request)
        form.refusal = getattr(request, "refusal", None)
        return form

    def _several(self, declared: forms.Field, of: str, request: HttpRequest) -> forms.ModelMultipleChoiceField:
        """A new field each time: a declared one belongs to every request."""
        column = self.opts.get_field(of)
        related = column.remote_field.model  # type: ignore[union-attr]
        return forms.ModelMultipleChoiceField(
            own_rows(self.admin_site, related, request),
            label=declared.label,
            help_text=declared.help_text,
            required=False,
            widget=AutocompleteSelectMultiple(column, self.admin_site),
        )

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet:
        """What a field that points to another row may choose from."""
        return own_rows(self.admin_site, db_field.remote_field.model, request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A field, named clearly, and without links that open a second window."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(field, forms.ModelChoiceField):
            named: Any = name_of_choices(self.admin_site, db_field.remote_field.model)
            field.label_from_instance = named  # type: ignore[method-assign]
        if db_field.name == "partnership" and len(administered(request)) == 1 and not request.user.is_superuser:
            field.initial, field.empty_label = next(iter(administered(request))), None
        return field

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list's filters ask: by other columns one could guess at what is not shown."""
        filters: Any = self.get_list_filter(request)
        if lookup in {one.parameter_name for one in filters if hasattr(one, "parameter_name")}:
            return True
        columns = [one[0] if isinstance(one, tuple) else one for one in filters]
        asked = any(lookup == one or lookup.startswith(f"{one}__") for one in columns if isinstance(one, str))
        return asked and super().lookup_allowed(lookup, value, request)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, under as much of the row's words as a heading has room for."""
        if context.get("subtitle"):
            context["subtitle"] = shortened(context["subtitle"], 60)
        return super().render_change_form(request, context, *args, **kwargs)

    # What is written ------------------------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The page; where a service refused, once more, with its words and nothing written."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except TakenBefore as before:
            return lead_back(request, before)
        except ValidationError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
        except IntegrityError:
            request.refusal = ValidationError(SAME_MOMENT)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Give the values to the service; what comes back is the row the next page speaks of."""
        fields = {name: value for name, value in form.cleaned_data.items() if name not in NOT_COLUMNS}
        if not change:
            receipt = take(request)
            row: Any = self.add_row(by=request.user, **fields)
            words = f"{capfirst(str(self.opts.verbose_name))} “{shortened(str(row))}” was added."
            keep(receipt, words, self._page_of(row))
        else:
            seen, reason = form.cleaned_data.get("version_seen"), form.cleaned_data.get("reason") or ""
            row = self.get_queryset(request).get(pk=obj.pk)  # `obj` carries what was typed
            before = form.version_of(row)
            row = self.change_row(row=row, version=seen, reason=reason, by=request.user, **fields) or row
            request.changed_nothing = form.version_of(row) == before  # type: ignore[attr-defined]
        vars(obj).update(vars(row))

    def _page_of(self, row: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service wrote all there is to write."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What was changed in the form; the rows below it are only shown."""
        return super().construct_change_message(request, form, None, add)  # type: ignore[arg-type]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note among the person's recent changes only what changed something."""
        return super().log_change(request, obj, message) if message and not self._changed_nothing(request) else None

    def message_user(self, request: HttpRequest, message: Any, level: int | str = messages.INFO, **more: Any) -> None:  # type: ignore[override]
        """Say what Django says of a save, unless the service found that it says what is there already."""
        if self._changed_nothing(request):
            message, level = NOTHING_CHANGED, messages.INFO
        super().message_user(request, message, level, **more)

    def _changed_nothing(self, request: HttpRequest) -> bool:
        return getattr(request, "changed_nothing", False)

    # What was written -----------------------------------------------------------------------------------------------

    def has_view_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Who sees the row sees what became of it."""
        return self.has_view_permission(request, obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed the row, when, from what to what and why: to read, not to go back to."""
        obj: Any = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_history_permission(request, obj):
            raise PermissionDenied
        if not hasattr(self.model, "history"):
            return super().history_view(request, object_id, extra_context)
        trail = Trail([Source(self.model.history.filter(id=obj.pk), lambda _: capfirst(str(self.opts.verbose_name)))])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {shortened(str(obj))}",
            "subtitle": None,
            "entries": Paginator(trail, self.list_per_page).get_page(request.GET.get(PAGE_VAR)),
            "page_var": PAGE_VAR,
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/row_history.html", context)


class ArchivableAdmin(ScopedAdmin):
    """The admin of a model whose rows are archived."""

    form: type[ServiceForm] = ArchivableForm

    def archive_row(self, *, row: Any, reason: str, by: Any) -> None:
        """Take the row out of use through its service."""
        raise NotImplementedError

    def restore_row(self, *, row: Any, reason: str, by: Any) -> None:
        """Bring the row back through its service."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Change the row, or archive or restore it if that was ticked: one at a time, each with its own reason."""
        is_archived = form.cleaned_data.pop("is_archived", False)
        super().save_model(request, obj, form, change)
        row = self.get_queryset(request).get(pk=obj.pk)
        if is_archived != (row.archived_at is not None):
            if not self._changed_nothing(request):
                raise ValidationError({"is_archived": ONE_AT_A_TIME})
            request.changed_nothing = False  # type: ignore[attr-defined]
            write = self.archive_row if is_archived else self.restore_row
            write(row=row, reason=form.cleaned_data.get("reason") or "", by=request.user)


class ReadOnlyAdmin(ScopedAdmin):
    """The admin of what a quarter left behind: looked up here, written on its own pages."""

    may_add = False
    may_change = False


class ReadOnlyInline(OwnRowsOnly, admin.TabularInline):
    """Rows shown below another, each with a link to its own page."""

    may_add = False
    may_change = False
    extra = 0
    show_change_link = True

    def is_own(self, request: HttpRequest, row: Any) -> bool:
        """Asked of the row above, which the page has asked about already."""
        return True
