"""One partnership with everything a page can be about and a person for every right; tests take two of them."""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db import models

from actions.models import (
    Action,
    ActionIndicator,
    Comment,
    DueDateChange,
    Evidence,
    Milestone,
    Objective,
    Plan,
    Priority,
    PriorityIndicator,
    PrivateNote,
    Round,
    SupportingAgency,
    Unlock,
)
from actions.values import PlanStatus
from csp_tracker.models import Agency, FileImport, Membership, Partnership, User
from csp_tracker.periods import Period
from indicators.models import Baseline, Indicator, PoliceSeries, RatingScheme, Reading, Target
from tests import builders as make

#: Those who try every page, in the order of the columns of pages.csv.
ACTORS = (
    "anonymous",
    "stranger",
    "leaver",
    "superuser",
    "viewer",
    "lead officer",
    "lead agency",
    "supporter",
    "other officer",
    "manager",
    "administrator",
)
MEMBERS = ACTORS[4:]


@dataclass
class World:
    """One partnership, its people by what they are, and one row of every model by the model's class."""

    partnership: Partnership
    people: dict[str, User | None] = field(default_factory=dict)
    rows: dict[type[models.Model], Any] = field(default_factory=dict)
    draft: SimpleNamespace = field(default_factory=SimpleNamespace)
    archived: Any = None
    confirmed: Any = None

    @property
    def slug(self) -> str:
        """The partnership's name in addresses."""
        return self.partnership.slug

    def __getitem__(self, model: type[models.Model]) -> Any:
        return self.rows[model]

    def fresh(self) -> "World":
        """The same with every row read anew, whatever a test before did to the old ones in memory."""
        rows = {model: model._base_manager.get(pk=row.pk) for model, row in self.rows.items()}
        draft = {name: type(row)._base_manager.get(pk=row.pk) for name, row in vars(self.draft).items()}
        return World(
            self.partnership,
            self.people,
            rows,
            SimpleNamespace(**draft),
            Action.objects.get(pk=self.archived.pk),
            FileImport.objects.get(pk=self.confirmed.pk),
        )

    def address(self, at: str) -> dict[str, Any]:
        """What an address is made of that is about the thing named in the column `at` of pages.csv."""
        fixed = {"quarter": make.QUARTER, "extension": "xlsx", "code": make.QUARTER.code, "number": 2}
        named = fixed | {"slug": self[Plan].slug, "baseline_pk": self[Baseline].pk}
        named |= {"milestone_pk": self[Milestone].pk, "evidence_pk": self[Evidence].pk}
        if at.startswith("draft "):
            named |= {"slug": self.draft.plan.slug, "quarter": self.draft.plan.first_quarter}
            named |= {"evidence_pk": self.draft.evidence.pk}
            thing = getattr(self.draft, at.removeprefix("draft "))
        elif at == "archived action":
            thing = self.archived
        elif at == "confirmed import":
            thing = self.confirmed
        else:
            thing = {
                "membership": self[Membership],
                "plan": self[Plan],
                "priority": self[Priority],
                "objective": self[Objective],
                "action": self[Action],
                "update": self[Action],
                "round": self[Round],
                "indicator": self[Indicator],
                "import": self[FileImport],
            }[at]
        return named | {"pk": thing.pk, "kind": at.split()[-1]}


def make_world(name: str) -> World:
    """A partnership in the middle of its first quarter's round."""
    partnership = make.make_partnership(name)
    lead, supporting, other = (make.make_agency(partnership, f"{what} agency of {name}") for what in "ABC")
    world = World(partnership)
    world.people = {
        "leaver": make.make_manager(partnership, agency=other, ends_on=date(2025, 6, 30), name=f"Leaver of {name}"),
        "viewer": make.make_viewer(partnership, agency=other, name=f"Viewer of {name}"),
        "lead officer": make.make_officer(partnership, agency=other, name=f"Lead officer of {name}"),
        "lead agency": make.make_officer(partnership, agency=lead, name=f"Officer of the lead agency of {name}"),
        "supporter": make.make_officer(partnership, agency=supporting, name=f"Supporter of {name}"),
        "other officer": make.make_officer(partnership, agency=other, name=f"Other officer of {name}"),
        "manager": make.make_manager(partnership, agency=other, name=f"Manager of {name}"),
        "administrator": make.make_administrator(partnership, agency=other, name=f"Administrator of {name}"),
    }
    _fill(world, lead, supporting)
    return world


def actors_of(own: World, foreign: World) -> dict[str, User | None]:
    """Everybody who tries the pages of `own`, by their column in pages.csv."""
    known = make.make_user("Superuser without a membership", is_staff=True, is_superuser=True)
    return {"anonymous": None, "stranger": foreign.people["manager"], "superuser": known} | own.people


def _fill(world: World, lead: Agency, supporting: Agency) -> None:
    partnership, officer, manager = world.partnership, world.people["lead officer"], world.people["manager"]
    plan = make.make_plan(partnership, title=f"Plan of {partnership}")
    previous = make.make_plan(partnership, starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31), status="closed")
    Plan.objects.filter(pk=plan.pk).update(previous=previous)
    priority = make.make_priority(plan, lead=officer, title=f"Priority of {partnership}")
    objective = make.make_objective(priority, text=f"Objective of {partnership}")
    make.make_objective(make.make_priority(plan))
    action = make.make_action(
        objective, lead_officer=officer, lead_agency=lead, text=f"Action of {partnership}", due_on=date(2025, 9, 30),
        due_precision="day", timescale_kind="by_date", original_due_on=date(2025, 6, 30),
    )  # fmt: skip
    begun = make.make_action(objective, lead_agency=lead)
    make.make_update(begun, state="draft", drafted_by=manager, progress=f"Unfinished words of {partnership}")
    make.make_carried(make.make_action(previous, text=f"Earlier action of {partnership}"), action, decided_by=manager)
    decided = make.make_decision(action, decided_by=manager)
    make.make_decision(begun, decided_by=manager, decision="dropped")
    world.archived = make.make_action(objective, archived_at=make.NOW)
    indicator = make.make_indicator(
        partnership, owner=officer, agency=lead, name=f"KPI of {partnership}", part_of=make.make_indicator(partnership)
    )
    locked = make.make_round(plan, make.QUARTER)
    update = make.make_update(action, make.QUARTER, submitted_by=officer)
    reading = make.make_reading(indicator, entered_by=officer)
    written = {"action": action, "text": f"Words of {partnership}", "written_by": officer}
    rows = [
        partnership, lead, officer, plan, priority, objective, action, indicator, locked, update, reading,
        world.people["other officer"].memberships.get(),
        make.make_preview(partnership, *make.PLAN_WITH_OFFERS, by=manager, name=f"Plan of {partnership}.docx"),
        make.make_support(action, supporting),
        make.link(action, indicator),
        PriorityIndicator.objects.create(priority=priority, indicator=indicator),
        Unlock.objects.create(
            action=action, quarter=make.QUARTER, person=officer, until=date(2025, 8, 1), reason="Typing."
        ),
        make.make_evidence(action, put_up_by=officer, title=f"Evidence of {partnership}", data=b"%PDF-1.7\n%%EOF"),
        make.make_milestone(action, text=f"Milestone of {partnership}", due_on=date(2025, 6, 1)),
        DueDateChange.objects.create(
            action=action, from_date=date(2025, 6, 30), to_date=action.due_on, reason="Weather.", changed_by=manager
        ),
        PrivateNote.objects.create(**written | {"text": f"Private words of {partnership}"}),
        Comment.objects.create(quarter=make.QUARTER, agency=lead, **written),
        make.make_reminder(locked, officer),
        decided,
        make.make_baseline(indicator),
        make.make_target(indicator, Period.of_quarter(make.QUARTER)),
        make.make_scheme(partnership, indicator=indicator, made_by=manager),
        make.make_police_series(make.make_indicator(partnership, name=f"Crimes in {partnership}", frequency="month")),
    ]  # fmt: skip
    world.rows = {type(row): row for row in rows} | {
        SupportingAgency: action.support.get(),
        ActionIndicator: action.indicator_links.get(),
    }
    assert {User, Reading, Target, RatingScheme, PoliceSeries} <= world.rows.keys()
    world.confirmed = make.make_preview(
        partnership, by=manager, state="confirmed", confirmed_by=manager, confirmed_at=make.NOW
    )
    draft = make.make_plan(partnership, status=PlanStatus.DRAFT, title=f"Draft of {partnership}")
    drafted = make.make_action(draft, lead_officer=officer, lead_agency=lead, text=f"Draft action of {partnership}")
    world.draft = SimpleNamespace(
        plan=draft,
        priority=drafted.objective.priority,
        objective=drafted.objective,
        action=drafted,
        update=drafted,
        round=draft,
        evidence=make.make_evidence(
            drafted, draft.first_quarter, b"%PDF-1.7\n%%EOF", put_up_by=officer, title=f"Draft of {partnership}"
        ),
    )
