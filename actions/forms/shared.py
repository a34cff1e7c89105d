"""What forms that edit a plan share: the version they were filled from, the reason, choices of one partnership."""

from collections.abc import Iterable, Sequence
from typing import Any

from crispy_forms_gds.layout import Layout
from django import forms
from django.db.models import Case, Q, QuerySet, When

from actions.models import Plan
from actions.values import PlanStatus
from csp_tracker.formfields import TrackerForm
from csp_tracker.models import Agency, Partnership, User
from csp_tracker.people import Role
from indicators.models import Indicator


class EditForm(TrackerForm):
    """A form that edits one row: it carries the row's version, and asks why once the plan is no longer a draft."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Why is this changing?",
        help_text="Kept in the history beside the change.",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    def __init__(self, *args: Any, plan: Plan | None = None, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new or plan is None or plan.status == PlanStatus.DRAFT:
            del self.fields["reason"]
        if is_new:
            del self.fields["version"]
            self.make_once()

    def lay_out(self, *parts: Any) -> None:
        """Put the parts in this order; parts about fields the form does not have are left out by the caller."""
        last = ["reason"] if "reason" in self.fields else []
        self.helper.layout = Layout(*parts, *last)


def leaders_of(partnership: Partnership, current: User | None = None) -> QuerySet[User]:
    """People who may lead work here, and whoever leads it now even if they have left."""
    members = partnership.memberships.current().exclude(role=Role.VIEWER).values("user")
    return User.objects.filter(Q(pk__in=members) | Q(pk=current and current.pk)).order_by("name", "pk")


def agencies_of(partnership: Partnership, *current: int | None) -> QuerySet[Agency]:
    """The partnership's agencies in use, and those named now even if archived."""
    return partnership.agencies.filter(Q(archived_at=None) | Q(pk__in=[key for key in current if key]))


def kpis_of(partnership: Partnership, chosen: Sequence[int]) -> QuerySet[Indicator]:
    """The partnership's KPIs still measured, and those chosen now even if archived; the chosen ones stand first."""
    offered = Indicator.objects.filter(Q(archived_at=None) | Q(pk__in=chosen), partnership=partnership)
    return offered.order_by(Case(When(pk__in=chosen, then=0), default=1), "reference", "pk")


def in_order_of(now: Sequence[int], chosen: Iterable[Any]) -> list[Any]:
    """The chosen rows: those named already stay in their order, what is new comes after them."""
    return sorted(chosen, key=lambda one: now.index(one.pk) if one.pk in now else len(now))


def words_of(field: forms.Field, value: Any) -> str:
    """A field's value as a reader would say it, to set two people's versions side by side."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "\n".join(field.label_from_instance(one) for one in value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        return next((str(label) for key, label in choices if str(key) == str(value)), str(value))
    if hasattr(value, "isoformat"):
        return f"{value.day} {value:%B %Y}"
    return str(value)
