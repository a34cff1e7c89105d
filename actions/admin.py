"""Admin of plans and what is in them; rounds and progress updates are only looked up."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from actions.models import Action, Evidence, Milestone, Objective, Plan, Priority, ProgressUpdate, Round
from actions.services import actions as action_services
from actions.services import milestones as milestone_services
from actions.services import plans as plan_services
from actions.values import UpdateState
from csp_tracker.admin_base import ArchivableAdmin, ArchivableForm, InUse, OwnRows, ReadOnlyAdmin, shortened


class PlanPartAdmin(ArchivableAdmin):
    """A plan, or what stands in one: archived and restored with all that stands under it."""

    def archive_row(self, *, row: Any, reason: str, by: Any) -> None:
        plan_services.archive(thing=row, reason=reason, by=by)

    def restore_row(self, *, row: Any, reason: str, by: Any) -> None:
        plan_services.restore(thing=row, reason=reason, by=by)


@admin.register(Plan)
class PlanAdmin(PlanPartAdmin):
    """Plans. Their address stays, and their columns and words for lights are those of their file."""

    add_fields = ("partnership", "title", "starts_on", "ends_on", "status", "previous", "marking")
    fields = (
        "partnership", "title", "slug", "starts_on", "ends_on", "period_is_inferred", "status", "previous", "marking",
        "columns", "key", "is_archived",
    )  # fmt: skip
    fixed_fields = ("partnership", "slug", "columns", "key")
    autocomplete_fields = ("previous",)
    list_display = ("title", "starts_on", "ends_on", "status", "partnership")
    list_filter = (("partnership", OwnRows), "status", InUse)
    read_with = ("partnership",)
    search_fields = ("title",)

    def add_row(self, *, by: Any, **fields: Any) -> Plan:
        return plan_services.create_plan(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Plan:
        return plan_services.change_plan(plan=row, version=version, reason=reason, by=by, **fields)


class NumberForm(ArchivableForm):
    """The form of what is numbered: left empty, the next number is given."""

    numbered_by = "number"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.numbered_by in self.fields:
            self.fields[self.numbered_by].required = False
            self.fields[self.numbered_by].help_text = "Leave empty for the next free one."


@admin.register(Priority)
class PriorityAdmin(PlanPartAdmin):
    """The themes of plans, in their order."""

    partnership_path = "plan__partnership"
    form = NumberForm
    add_fields = ("plan", "number", "title", "group", "lead")
    fields = (*add_fields, "is_archived")
    fixed_fields = ("plan",)
    autocomplete_fields = ("plan", "lead")
    list_display = ("number", "short_title", "plan", "group", "lead")
    list_display_links = ("number", "short_title")
    list_filter = (("plan", OwnRows), InUse)
    read_with = ("lead",)
    ordering = ("-plan__starts_on", "plan", "position", "pk")
    search_fields = ("number", "title", "plan__title", "lead__name")

    @admin.display(description="title", ordering="title")
    def short_title(self, priority: Any) -> str:
        """As much of the title as a list has room for."""
        return shortened(priority.title)

    def choice_label(self, row: Any) -> str:
        """With its plan: every plan has a first priority."""
        return f"{shortened(str(row))} ({row.plan})"

    def add_row(self, *, by: Any, **fields: Any) -> Priority:
        return plan_services.add_priority(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Priority:
        return plan_services.change_priority(priority=row, version=version, reason=reason, by=by, **fields)


@admin.register(Objective)
class ObjectiveAdmin(PlanPartAdmin):
    """What priorities aim at, in their order."""

    partnership_path = "priority__plan__partnership"
    form = NumberForm
    add_fields = ("priority", "number", "text")
    fields = (*add_fields, "is_archived")
    fixed_fields = ("priority",)
    autocomplete_fields = ("priority",)
    list_display = ("number", "short_text", "priority_words", "plan")
    list_display_links = ("number", "short_text")
    list_filter = (("priority__plan", OwnRows), InUse)
    ordering = ("-priority__plan__starts_on", "priority__plan", "priority__position", "position", "pk")
    search_fields = ("number", "text", "priority__title", "priority__plan__title")

    @admin.display(description="text", ordering="text")
    def short_text(self, objective: Any) -> str:
        """As much of the text as a list has room for."""
        return shortened(objective.text)

    @admin.display(description="priority", ordering="priority")
    def priority_words(self, objective: Any) -> str:
        """The priority it stands under."""
        return shortened(str(objective.priority), 60)

    @admin.display(description="plan", ordering="priority__plan")
    def plan(self, objective: Any) -> str:
        """The plan it stands in."""
        return objective.priority.plan.title

    def choice_label(self, row: Any) -> str:
        """With its plan: every plan has an objective 1.1."""
        return f"{shortened(str(row))} ({row.priority.plan})"

    def add_row(self, *, by: Any, **fields: Any) -> Objective:
        return plan_services.add_objective(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Objective:
        return plan_services.change_objective(objective=row, version=version, reason=reason, by=by, **fields)


class ActionForm(NumberForm):
    """What the plan says about an action, who supports it and which KPIs judge it."""

    numbered_by = "reference"

    supporters: forms.Field = forms.ModelMultipleChoiceField(None, label="Supporting agencies")
    kpis: forms.Field = forms.ModelMultipleChoiceField(None, label="KPIs")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "kpis" in self.fields:
            links = self.instance
            self.initial["supporters"] = list(links.support.values_list("agency", flat=True))
            self.initial["kpis"] = list(links.indicator_links.values_list("indicator", flat=True))

    def clean_supporters(self) -> list[Any]:
        """In the order they have; new ones at the end."""
        return in_order(self.cleaned_data["supporters"], self.initial.get("supporters", ()))

    def clean_kpis(self) -> list[Any]:
        """In the order they have; new ones at the end."""
        return in_order(self.cleaned_data["kpis"], self.initial.get("kpis", ()))


def in_order(chosen: Iterable[Any], before: Sequence[int]) -> list[Any]:
    """The chosen rows, those there before in their old order: a choice made anew must not shuffle them."""
    return sorted(chosen, key=lambda row: before.index(row.pk) if row.pk in before else len(before))


@admin.register(Action)
class ActionAdmin(PlanPartAdmin):
    """What is to be done. An action is moved on the page of its plan."""

    partnership_path = "plan__partnership"
    form = ActionForm
    several = {"supporters": "supporting_agencies", "kpis": "indicators"}
    add_fields = (
        "objective", "reference", "text", "expected_outcome", "timescale", "timescale_kind", "starts_on", "due_on",
        "due_precision", "lead_agency", "lead_officer", "supporters", "kpis", "resources", "place",
        "not_for_publication",
    )  # fmt: skip
    fields = None
    fieldsets = (
        (None, {"fields": ("plan", "objective", "reference", "text", "expected_outcome")}),
        ("Who", {"fields": ("lead_agency", "lead_officer", "lead_text", "supporters", "kpis")}),
        (
            "When",
            {
                "fields": (
                    "timescale", "timescale_kind", "starts_on", "due_on", "due_precision", "original_due_on",
                    "recurrence", "recurs_month", "recurs_day",
                )
            },
        ),
        ("State", {"fields": ("status", "completed_on", "closed_on", "closed_reason", "is_archived")}),
        ("Further", {"fields": ("resources", "place", "not_for_publication")}),
        ("As imported", {"classes": ("collapse",), "fields": ("extra", "source")}),
    )  # fmt: skip
    fixed_fields = ("plan", "objective", "original_due_on", "extra", "source")
    autocomplete_fields = ("objective", "lead_officer", "lead_agency")
    list_display = ("reference", "short_text", "plan", "status", "due_on", "lead_agency", "lead_officer")
    list_display_links = ("reference", "short_text")
    list_filter = (("plan", OwnRows), "status", "timescale_kind", ("lead_agency", OwnRows), InUse)
    read_with = ("lead_agency", "lead_officer")
    ordering = ("-plan__starts_on", "plan", "objective__priority__position", "objective__position", "position", "pk")
    search_fields = ("reference", "text", "lead_text", "lead_officer__name", "lead_agency__name", "plan__title")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the cells an action was imported from, except where they are shown."""
        rows = super().get_queryset(request)
        on_its_page = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows.select_related("objective") if on_its_page else rows.defer("source", "extra")

    @admin.display(description="action", ordering="text")
    def short_text(self, action: Any) -> str:
        """As much of the text as a list has room for."""
        return shortened(action.text)

    def add_row(self, *, by: Any, **fields: Any) -> Action:
        return action_services.add_action(indicators=fields.pop("kpis"), by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Action:
        return action_services.change_action(
            action=row,
            version=version,
            reason=reason,
            date_reason=reason,
            indicators=fields.pop("kpis"),
            by=by,
            **fields,
        )


@admin.register(Milestone)
class MilestoneAdmin(ArchivableAdmin):
    """The steps on the way to the ends of actions."""

    partnership_path = "action__plan__partnership"
    add_fields = ("action", "text", "due_on")
    fields = (*add_fields, "done_on", "is_archived")
    fixed_fields = ("action",)
    autocomplete_fields = ("action",)
    list_display = ("short_text", "action_words", "due_on", "done_on")
    list_filter = (("action__plan", OwnRows), InUse)
    ordering = ("-action__plan__starts_on", "action__plan", "action__reference", "due_on", "pk")
    search_fields = ("text", "action__reference", "action__text")

    @admin.display(description="milestone", ordering="text")
    def short_text(self, milestone: Any) -> str:
        """As much of the words as a list has room for."""
        return shortened(milestone.text)

    @admin.display(description="action", ordering="action__reference")
    def action_words(self, milestone: Any) -> str:
        """The action it belongs to."""
        return shortened(str(milestone.action))

    def add_row(self, *, by: Any, **fields: Any) -> Milestone:
        return milestone_services.add_milestone(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Milestone:
        today = timezone.localdate()
        return milestone_services.change_milestone(
            milestone=row, version=version, today=today, reason=reason, by=by, **fields
        )

    def archive_row(self, *, row: Any, reason: str, by: Any) -> None:
        milestone_services.archive_milestone(milestone=row, reason=reason, by=by)

    def restore_row(self, *, row: Any, reason: str, by: Any) -> None:
        milestone_services.restore_milestone(milestone=row, reason=reason, by=by)


class QuarterWords:
    """Mixed into the admin of what belongs to a quarter."""

    @admin.display(description="quarter", ordering="quarter")
    def quarter_words(self, row: Any) -> str:
        """The quarter as it is spoken of."""
        return str(row.quarter)


@admin.register(Round)
class RoundAdmin(QuarterWords, ReadOnlyAdmin):
    """Quarters of plans, open or locked."""

    partnership_path = "plan__partnership"
    fields = ("plan", "quarter_words", "opens_on", "due_on", "committee_on", "locked_at", "locked_by")
    readonly_fields = ("quarter_words",)
    list_display = ("plan", "quarter_words", "opens_on", "due_on", "committee_on", "locked_at")
    list_filter = (("plan", OwnRows),)
    ordering = ("-quarter", "plan", "pk")
    search_fields = ("plan__title",)


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(QuarterWords, ReadOnlyAdmin):
    """What was reported. Drafts are their author's and are not shown."""

    partnership_path = "action__plan__partnership"
    fields = (
        "action", "quarter_words", "state", "origin", "progress", "work_needed", "rag", "rag_as_stated", "rag_reason",
        "back_on_track", "carry_forward", "suggested_rag", "suggested_why", "submitted_by", "submitted_at",
        "returned_by", "returned_at", "returned_words", "approved_by", "approved_at", "not_for_publication",
        "not_for_publication_reason",
    )  # fmt: skip
    readonly_fields = ("quarter_words",)
    list_display = ("action_words", "quarter_words", "state", "rag", "submitted_by", "approved_by")
    list_filter = (("action__plan", OwnRows), "state", "rag", "origin")
    read_with = ("submitted_by", "approved_by")
    ordering = ("-quarter", "action__plan", "action__reference", "pk")
    search_fields = ("action__reference", "action__text", "progress", "work_needed")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without drafts."""
        return super().get_queryset(request).exclude(state=UpdateState.DRAFT)

    @admin.display(description="action", ordering="action__reference")
    def action_words(self, update: Any) -> str:
        """The action it is about."""
        return shortened(str(update.action))


@admin.register(Evidence)
class EvidenceAdmin(QuarterWords, ReadOnlyAdmin):
    """Links and files that were put up. They are opened on the page of their action; where a file lies is not shown."""

    partnership_path = "action__plan__partnership"
    fields = ("action", "quarter_words", "title", "link", "file_name", "file_size", "put_up_by", "put_up_at")
    readonly_fields = ("quarter_words",)
    list_display = ("title", "action_words", "quarter_words", "opens", "put_up_by", "put_up_at")
    list_filter = (("action__plan", OwnRows),)
    read_with = ("action", "put_up_by")
    ordering = ("-put_up_at", "pk")
    search_fields = ("title", "file_name", "link", "action__reference")

    @admin.display(description="action", ordering="action__reference")
    def action_words(self, evidence: Any) -> str:
        """The action it is about."""
        return shortened(str(evidence.action))

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The page of its action: its own address may lead to anywhere."""
        return obj.action.get_absolute_url() if obj is not None else None

    @admin.display(description="what it is")
    def opens(self, evidence: Any) -> str:
        """Kind and size of a file, or the host of a link."""
        return evidence.told
