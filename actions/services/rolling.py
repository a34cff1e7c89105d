"""How the next plan is made of what has been decided about each action of this one, in one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.carrying import joined, years_later, years_to
from actions.models import (
    Action,
    ActionIndicator,
    DueDateChange,
    Objective,
    Plan,
    Priority,
    PriorityIndicator,
    SupportingAgency,
)
from actions.services.actions import add_action
from actions.services.carrying import Decisions, Line, Problem, RolledAlready, Years, refuse_unfit
from actions.services.milestones import add_milestone, open_milestones_of
from actions.services.plans import add_objective, add_priority, create_plan
from actions.values import ActionStatus, CarryDecision, TimescaleKind
from csp_tracker.models import Agency, Partnership, User
from csp_tracker.periods import FinancialYear, Period
from csp_tracker.writing import Foreign, held, store
from indicators.models import Baseline, Indicator
from indicators.services import add_baseline
from indicators.services.standing import Standing, standings
from indicators.services.words import figure_in_words
from indicators.values import DECIMALS, Qualifier

Row = TypeVar("Row", Agency, Indicator)


class DecisionsChanged(ValidationError):
    """Somebody decided otherwise, or changed the plan, after the decisions were read for the last time."""

    def __init__(self) -> None:
        super().__init__("Something changed while you were reading. Nothing has been made yet.")


class NotAllDecided(ValidationError):
    """Something is still to be settled; `problems` says what."""

    def __init__(self, problems: list[Problem]) -> None:
        number = len(problems)
        things = f"{number} decision{'' if number == 1 else 's'}"
        super().__init__(f"{things} must be settled before the plan can be rolled forward.")
        self.problems = problems


class NothingCarried(ValidationError):
    """A plan in which nothing goes on has no next one."""

    def __init__(self) -> None:
        super().__init__("No action is carried forward, so there is nothing to make the next plan of.")


class BeginsTooEarly(ValidationError):
    """The next plan begins after the one it follows has begun."""

    def __init__(self) -> None:
        super().__init__({"starts_on": "The next plan must begin after the first day of this one."})


class NoOutturn(ValidationError):
    """Only a figure of the whole year can be the new baseline."""

    def __init__(self, indicator: Indicator) -> None:
        super().__init__(f"{indicator} has no figure of the whole year to start from.")


@dataclass(frozen=True)
class Outturn:
    """What one KPI of the carried actions came to in the plan's last whole year."""

    indicator: Indicator
    year: FinancialYear
    value: Decimal | None
    words: str  # the figure, or why there is none
    qualifier: str = Qualifier.EXACTLY
    is_provisional: bool = False
    is_baseline: bool = False  # the KPI is compared with it already

    @property
    def is_offered(self) -> bool:
        """Whether it can become the new baseline."""
        return self.value is not None and not self.is_baseline


def outturns_of(decisions: Decisions) -> list[Outturn]:
    """The last whole year of every KPI that goes on with the plan: seven queries, however many there are."""
    year = _last_whole_year(decisions.plan)
    if year is None:
        return []
    indicators = list(_indicators_of(decisions))
    found = standings(indicators, year.quarters[-1])
    primary = dict(Baseline.objects.filter(indicator__in=indicators, is_primary=True).values_list("indicator", "label"))
    return [_outturn(found[one.pk], year, is_baseline=primary.get(one.pk) == str(year)) for one in indicators]


def _last_whole_year(plan: Plan) -> FinancialYear | None:
    year = FinancialYear.containing(plan.ends_on)
    year = year if year.ends_on <= plan.ends_on else year.previous
    return year if year.ends_on > plan.starts_on else None


def _indicators_of(decisions: Decisions) -> Iterable[Indicator]:
    carried = [
        line.action.pk for line in decisions.of(CarryDecision.AS_IS, CarryDecision.AMENDED, CarryDecision.MERGED)
    ]
    priorities = {line.action.objective.priority_id for line in decisions.going_on}
    of_actions = ActionIndicator.objects.filter(action__in=carried).values("indicator")
    of_priorities = PriorityIndicator.objects.filter(priority__in=priorities).values("indicator")
    measured = Indicator.objects.filter(partnership=decisions.plan.partnership_id, archived_at=None)
    used = measured.filter(pk__in=of_actions) | measured.filter(pk__in=of_priorities)
    return used.select_related("partnership").distinct().order_by("reference", "pk")


def _outturn(standing: Standing, year: FinancialYear, *, is_baseline: bool) -> Outturn:
    indicator, total, reading = standing.indicator, standing.year_to_date, standing.reading
    if standing.period == Period.of_year(year) and reading is not None:
        words = figure_in_words(indicator, reading)
        qualifier = reading.qualifier
        return Outturn(indicator, year, reading.value, words, qualifier, standing.is_provisional, is_baseline)
    if total is None:
        return Outturn(indicator, year, None, f"No figure for {year}")
    value = None if total.value is None else round(total.value, DECIMALS)
    words = total.in_words.removeprefix("Incomplete, not rated: ").removeprefix("Not rated: ")
    return Outturn(indicator, year, value, words, total.qualifier, total.is_provisional, is_baseline)


@transaction.atomic
def roll_forward(
    *,
    plan: Plan,
    seen: str,
    title: str,
    starts_on: date,
    ends_on: date,
    baselines: Collection[Indicator] = (),
    both_follow: bool = False,
    by: User,
    now: datetime,
) -> Plan:
    """Make the next plan, a draft, of what has been decided; `seen` is the fingerprint of what the person read.

    `baselines` are the KPIs whose last year becomes the one to compare with; `both_follow` says that another plan that
    follows this one is meant to stay beside it. This plan stays as it is.
    """
    plan = held(Plan.objects.select_for_update(of=("self",), no_key=True).select_related("partnership"), plan)
    refuse_unfit(plan)
    decisions = Decisions(plan)
    if (made := decisions.next_plan) is not None:
        raise RolledAlready(made)
    if decisions.fingerprint != seen:
        raise DecisionsChanged
    if problems := decisions.problems:
        raise NotAllDecided(problems)
    if not decisions.going_on:
        raise NothingCarried
    if starts_on <= plan.starts_on:
        raise BeginsTooEarly
    outturns = _chosen(outturns_of(decisions), plan.partnership, baselines)
    following = create_plan(
        partnership=plan.partnership,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        columns=plan.columns,
        key=plan.key,
        marking=plan.marking,
        previous=plan,
        both_follow=both_follow,
        by=by,
    )
    made_of = _Planting(decisions, following, by=by).plant()
    _confirm(decisions, following, made_of, by=by, now=now)
    for outturn in outturns:
        _start_from(outturn, by=by)
    return following


def _chosen(offered: Iterable[Outturn], partnership: Partnership, wanted: Collection[Indicator]) -> list[Outturn]:
    by_key = {one.indicator.pk: one for one in offered if one.is_offered}
    for indicator in wanted:
        if indicator.partnership_id != partnership.pk:
            raise Foreign
        if indicator.pk not in by_key:
            raise NoOutturn(indicator)
    return [by_key[indicator.pk] for indicator in wanted]


def _start_from(outturn: Outturn, *, by: User) -> None:
    """Compare the KPI with last year's outturn from now on; its other baselines stay beside it."""
    add_baseline(
        indicator=outturn.indicator,
        label=str(outturn.year),
        value=outturn.value,
        qualifier=outturn.qualifier,
        text=f"{outturn.words} ({outturn.year} outturn)",
        is_primary=True,
        by=by,
    )


def _confirm(decisions: Decisions, following: Plan, made_of: dict[int, Action], *, by: User, now: datetime) -> None:
    """Tie each decision to what came of it."""
    years = Years(decisions.plan, following)
    for line in decisions.lines:
        row = line.row
        if row is None:
            continue
        goes_into = row.into_id if line.decision is CarryDecision.MERGED else line.action.pk
        row.to_plan, row.to_action = following, made_of.get(goes_into or 0)
        row.to_year = years.of(line.action.pk)
        row.confirmed_by, row.confirmed_at = by, now
        store(row, by=by, reason=row.reason)


def leavers_of(decisions: Decisions) -> dict[User, list[str]]:
    """Who leads what goes on and has left meanwhile, with what will have no lead: references and priorities."""
    here = set(User.objects.working_in(decisions.plan.partnership).values_list("pk", flat=True))
    found: dict[User, list[str]] = {}
    told = set()
    for line in decisions.going_on:
        priority, person = line.action.objective.priority, line.action.lead_officer
        if priority.lead is not None and priority.lead_id not in here and priority.pk not in told:
            found.setdefault(priority.lead, []).append(f"priority {priority.number or priority.title}")
            told.add(priority.pk)
        if person is not None and person.pk not in here:
            found.setdefault(person, []).append(line.action.reference)
    return found


class _Planting:
    """Puts what goes on into the next plan, with the priorities and objectives it stands under."""

    def __init__(self, decisions: Decisions, following: Plan, *, by: User) -> None:
        self.decisions, self.following, self.by = decisions, following, by
        self.priorities: dict[int, Priority] = {}
        self.objectives: dict[int, Objective] = {}
        self.leaders = set(User.objects.working_in(following.partnership).values_list("pk", flat=True))
        self.supporters, self.indicators = self._links()
        self.milestones = open_milestones_of([line.action.pk for line in decisions.lines])

    def _links(self) -> tuple[dict[int, list[Agency]], dict[int, list[Indicator]]]:
        """Supporting agencies in use and KPIs still measured, by action."""
        keys = [line.action.pk for line in self.decisions.lines]
        supporters: dict[int, list[Agency]] = {}
        support = SupportingAgency.objects.filter(action__in=keys, agency__archived_at=None)
        for one in support.select_related("agency"):
            supporters.setdefault(one.action_id, []).append(one.agency)
        indicators: dict[int, list[Indicator]] = {}
        measured = ActionIndicator.objects.filter(action__in=keys, indicator__archived_at=None)
        for link in measured.select_related("indicator"):
            indicators.setdefault(link.action_id, []).append(link.indicator)
        return supporters, indicators

    def plant(self) -> dict[int, Action]:
        """The actions of the next plan, by the key of the action each was made of."""
        return {line.action.pk: self._action(line) for line in self.decisions.going_on}

    def _lead(self, person: User | None) -> User | None:
        """Who leads now, unless they have left."""
        return person if person is not None and person.pk in self.leaders else None

    def _priority(self, old: Priority) -> Priority:
        if old.pk not in self.priorities:
            links = old.indicator_links.filter(indicator__archived_at=None).select_related("indicator")
            self.priorities[old.pk] = add_priority(
                plan=self.following,
                title=old.title,
                number=old.number,
                group=old.group,
                lead=self._lead(old.lead),
                indicators=[link.indicator for link in links],
                by=self.by,
            )
        return self.priorities[old.pk]

    def _objective(self, old: Objective) -> Objective:
        if old.pk not in self.objectives:
            above = self._priority(old.priority)
            self.objectives[old.pk] = add_objective(priority=above, text=old.text, number=old.number, by=self.by)
        return self.objectives[old.pk]

    def _action(self, line: Line) -> Action:
        old, merged = line.action, [one.action for one in self.decisions.merged_into(line)]
        moved = _dates(old, self.following.starts_on)
        agency = old.lead_agency if old.lead_agency and old.lead_agency.archived_at is None else None
        made = add_action(
            objective=self._objective(old.objective),
            text=self.decisions.words_of(line),
            expected_outcome=joined([old.expected_outcome, *(one.expected_outcome for one in merged)]),
            reference=old.reference,
            supporters=_each_once(
                self.supporters.get(old.pk, ()),
                *((*_in_use(one.lead_agency), *self.supporters.get(one.pk, ())) for one in merged),
                without=agency,
            ),
            indicators=_each_once(*(self.indicators.get(one.pk, ()) for one in (old, *merged))),
            first_due_on=old.original_due_on or old.due_on,
            status=old.status if ActionStatus(old.status).is_open else ActionStatus.NOT_STARTED,
            lead_officer=self._lead(old.lead_officer),
            lead_agency=agency,
            **{name: getattr(old, name) for name in AS_THEY_ARE},
            **moved,
            by=self.by,
        )
        self._take_along(made, old)
        for milestone in (step for one in (old, *merged) for step in self.milestones.get(one.pk, ())):
            add_milestone(action=made, text=milestone.text, due_on=milestone.due_on, by=self.by)
        return made

    def _take_along(self, made: Action, old: Action) -> None:
        """Rows of an action that go on with it: that its date moved is one."""
        if made.due_on == old.due_on:
            return
        reason = f"Carried forward to {FinancialYear.containing(self.following.starts_on)}"
        change = DueDateChange(
            action=made, from_date=old.due_on, to_date=made.due_on, reason=reason, changed_by=self.by
        )
        store(change, by=self.by, reason=reason)


#: What the plan says of an action that it says next year too.
AS_THEY_ARE = (
    "timescale_kind", "due_precision", "recurrence", "recurs_month", "recurs_day", "lead_text",
    "resources", "place", "not_for_publication", "extra",
)  # fmt: skip


def _dates(old: Action, starts_on: date) -> dict[str, Any]:
    """Beginning, due date and timescale: a date before the next plan moves on by whole years, and its words go."""
    years = years_to(old.due_on, starts_on) if old.due_on else 0
    if not years or not old.due_on:
        return {"starts_on": old.starts_on, "due_on": old.due_on, "timescale": old.timescale}
    return {
        "starts_on": years_later(old.starts_on, years) if old.starts_on else None,
        "due_on": years_later(old.due_on, years),
        "timescale": "" if old.timescale_kind == TimescaleKind.BY_DATE else old.timescale,
    }


def _in_use(agency: Agency | None) -> tuple[Agency, ...]:
    return (agency,) if agency is not None and agency.archived_at is None else ()


def _each_once(*lists: Iterable[Row], without: Row | None = None) -> list[Row]:
    """The rows of all lists in their order, each one once."""
    found = {row.pk: row for rows in lists for row in rows}
    return [row for row in found.values() if without is None or row.pk != without.pk]
