"""Many KPIs as a paper: how each stands in a quarter, by which rule, and what it is; of a plan, what it serves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from actions.models import Plan
from csp_tracker.models import Partnership, User
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG, LightCounts, Travel
from indicators.services.rules import rules_of
from indicators.services.standing import Standing
from reports.builders.figures import (
    KEY,
    NOT_ADDED_UP,
    frequency_in_words,
    how_it_was_made,
    published_words,
    standing_cell,
    target_cell,
    travel_in_words,
    unit_in_words,
    year_to_date,
)
from reports.builders.scorecard import Score, Served, counts_of, scores_of
from reports.document import (
    Cell,
    Column,
    Document,
    Fact,
    Facts,
    Kind,
    Light,
    Missing,
    Number,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
)

KINDS = {False: "Ours", True: "Context"}
NOT_STATED = Missing("not stated", "z")
MEASURED = (
    "A KPI’s light is measured: what its figure says by its rule. It is another thing than the light of an action."
)
COUNTING = (
    MEASURED,
    "Rated means red, amber or green; percentages are of rated KPIs. Ours and context are counted apart: context is "
    "measured, not owned, by the partnership.",
    "A quarter without a figure of its own is put together from its months by the KPI’s own rule, and says so; where "
    "one month is missing it is not rated.",
)
Serves = Mapping[int, Sequence[Served]]


def kpis_paper(
    *, partnership: Partnership, stood: Sequence[Standing], quarter: Quarter, shown: str, made_at: datetime, user: User
) -> Document:
    """The list of KPIs as a page shows it. `shown` says how it was narrowed; the caller asked what `user` may see."""
    return Document(
        title=f"KPIs in {quarter}",
        what="KPIs",
        partnership=partnership.name,
        place=partnership.slug,
        period=f"{quarter}, {quarter.in_words}",
        period_code=quarter.code,
        position_on=min(made_at.date(), quarter.ends_on),
        made_at=made_at,
        about="How each KPI stands in the quarter: its figure, what it is set against, its light and why.",
        facts=(Fact("Shown", shown), *_counts(stood), Fact("Made by", user.name)),
        key=KEY,
        counting=COUNTING,
        notes=tuple(_notes(stood)),
        sections=(Section(f"KPIs in {quarter}", (kpi_table(stood),), name="KPIs"), *_sections(stood)),
    )


def scorecard_paper(*, plan: Plan, quarter: Quarter, made_at: datetime, user: User) -> Document:
    """The plan's scorecard. The caller has made sure that `user` may see the plan."""
    scores = scores_of(plan, quarter)
    stood = [score.standing for score in scores]
    return Document(
        title=f"{plan.title}: KPI scorecard, {quarter}",
        what="KPI scorecard",
        partnership=plan.partnership.name,
        place=plan.partnership.slug,
        period=f"{quarter}, {quarter.in_words}",
        period_code=quarter.code,
        position_on=min(made_at.date(), quarter.ends_on),
        made_at=made_at,
        about="How each KPI of the plan’s priorities and actions stands in the quarter, and what it serves.",
        facts=(Fact("Plan", plan.title), *_counts(stood), Fact("Made by", user.name)),
        key=KEY,
        counting=COUNTING,
        notes=tuple(_notes(stood)),
        marking=plan.marking,
        sections=(Section(f"KPI scorecard, {quarter}", (score_table(scores),), name="Scorecard"), *_sections(stood)),
    )


def kpis_of_paper(plan: Plan, quarter: Quarter) -> Iterator[Section]:
    """The plan's KPIs as a part of another of its papers, their rules above them; nothing where it has none."""
    if scores := scores_of(plan, quarter):
        rules = Facts(tuple(Fact(rule.of, rule.words) for rule in rules_of(score.standing for score in scores)))
        yield Section(f"The plan’s KPIs in {quarter}", (Paragraph(MEASURED), rules, score_table(scores)), name="KPIs")


def score_table(scores: Sequence[Score]) -> Table:
    """The plan's KPIs with what each serves."""
    serves = {score.standing.indicator.pk: score.serves for score in scores}
    return kpi_table([score.standing for score in scores], serves)


def kpi_table(stood: Sequence[Standing], serves: Serves | None = None) -> Table:
    """A row for each KPI; columns that none of them needs are left out."""
    has_published = any(published_words(*one.published) for one in stood)
    columns = (
        Column("Ref.", width=0.8, when_empty=NOT_STATED),
        Column("KPI", width=2.6),
        Column("Kind", width=1.05),
        *((Column("Serves", width=1.2),) if serves is not None else ()),
        Column("Period", width=1.25),
        Column("Figure", Kind.NUMBER, 1),
        Column("Unit", width=1.05),
        Column("How it was made", width=1.6),
        Column("Light", Kind.LIGHT, 1),
        *((Column("As published", width=1.1, when_empty=NOT_STATED),) if has_published else ()),
        Column("Why", width=3.2),
        Column("Target", Kind.NUMBER, 1.1, Missing("none set")),
        Column("Year to date", Kind.NUMBER, 1, NOT_ADDED_UP),
        Column("How the year to date was made", width=1.4),
        Column("On the period before", width=1.4),
        Column("On a year before", width=1.4),
        Column("Owner", width=1.3, when_empty=Missing("nobody yet")),
    )

    def cells(one: Standing) -> Iterator[Cell]:
        indicator = one.indicator
        yield Text(indicator.reference)
        yield Text(indicator.name)
        yield Text(KINDS[indicator.is_context])
        if serves is not None:
            yield Text(served_in_words(serves[indicator.pk]))
        yield Text(str(one.period))
        yield standing_cell(one)
        yield Text(unit_in_words(indicator))
        yield Text(how_it_was_made(one))
        yield Light(one.light)
        if has_published:
            yield Text(published_words(*one.published))
        yield Text(one.verdict.why)
        yield target_cell(one)
        yield from year_to_date(one)
        yield _direction(one, one.period.previous)
        yield _direction(one, one.period.same_last_year)
        yield Text(_owner(one))

    rows = [Row(tuple(cells(one))) for one in sorted(stood, key=lambda one: one.indicator.is_context)]
    return Table(
        "KPIs as they stand in the quarter", columns, rows, row_header=1, when_no_rows="There is no KPI to list."
    )


def served_in_words(served: Iterable[Served]) -> str:
    """ "Priority 2, 1.1.3, 2.1.1"."""
    return ", ".join(one.number if one.is_action else f"Priority {one.number}".strip() for one in served)


def _direction(standing: Standing, since: Period) -> Cell:
    """Which way the figure went since that period: an arrow up is better, and the word says so too."""
    way = next((one.travel for one in standing.directions if one.since in (f"since {since}", "")), None)
    return Missing("not compared", "z") if way in (None, Travel.NOT_COMPARED) else Text(travel_in_words(way))


def _owner(standing: Standing) -> str:
    indicator = standing.indicator
    agency = (indicator.agency.short_name or indicator.agency.name) if indicator.agency else ""
    return ", ".join(name for name in (indicator.owner.name if indicator.owner else "", agency) if name)


def _counts(stood: Sequence[Standing]) -> Iterator[Fact]:
    """The lights, ours apart from context."""
    for is_context, name in KINDS.items():
        of_kind = [one for one in stood if one.indicator.is_context == is_context]
        if of_kind or not is_context:
            yield Fact(f"Lights, {name.lower()}", _in_words(counts_of(of_kind)))


def _in_words(counts: LightCounts) -> str:
    """ "2 red, 1 amber, 9 green, 3 not rated; 9 of 12 rated are green (75%)"."""
    if not counts.total:
        return "No KPIs"
    each = ", ".join(
        f"{getattr(counts, light.value)} {light.label.lower()}"
        for light in (RAG.RED, RAG.AMBER, RAG.GREEN, RAG.NOT_RATED)
    )
    percent = counts.percent(counts.green)
    return each if percent is None else f"{each}; {counts.green} of {counts.rated} rated are green ({percent}%)"


def _notes(stood: Sequence[Standing]) -> Iterator[str]:
    hidden = sum(one.indicator.not_for_publication for one in stood)
    if hidden:
        yield f"KPIs that are not for publication in this copy: {hidden}."


def _sections(stood: Sequence[Standing]) -> Iterator[Section]:
    if not stood:
        return
    yield Section("The rules of the lights", (_rules(stood),), name="Rules")
    yield Section("What each KPI is", (_definitions(stood),), name="Definitions")


def _rules(stood: Sequence[Standing]) -> Table:
    rows = [Row((Text(rule.of), Text(rule.words))) for rule in rules_of(stood)]
    return Table("How the KPIs are rated", (Column("For"), Column("Rule", width=3)), rows)


def _definitions(stood: Sequence[Standing]) -> Table:
    columns = (
        Column("Ref.", width=0.9, when_empty=NOT_STATED),
        Column("KPI", width=2.4),
        Column("Definition", width=3, when_empty=NOT_STATED),
        Column("Why it matters", width=2.4, when_empty=NOT_STATED),
        Column("Source", width=1.8, when_empty=NOT_STATED),
        Column("Unit"),
        Column("Better when", width=1.1),
        Column("Adds up by"),
        Column("Reported"),
        Column("Decimal places", Kind.NUMBER, 0.8),
    )

    def cells(one: Standing) -> Iterator[Cell]:
        indicator = one.indicator
        yield Text(indicator.reference)
        yield Text(indicator.name)
        yield Text(indicator.definition)
        yield Text(indicator.why)
        yield Text(indicator.source)
        yield Text(unit_in_words(indicator))
        yield Text(str(indicator.get_polarity_display()))
        yield Text(str(indicator.get_roll_up_display()))
        yield Text(frequency_in_words(indicator))
        yield Number(indicator.decimals)

    rows = [Row(tuple(cells(one))) for one in stood]
    return Table("What each KPI is", columns, rows, row_header=1)
