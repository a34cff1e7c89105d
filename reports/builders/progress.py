"""The progress paper of one plan and quarter: its lights, its exceptions, its own table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from actions.builders import Column as PlanColumn
from actions.builders import Group, PlanRows
from actions.builders import Row as PlanRow
from actions.models import Plan
from actions.services.lineage import lineage_in_words
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts
from reports.builders.kpis import kpis_of_paper
from reports.document import (
    Cell,
    Column,
    Document,
    Fact,
    KeyEntry,
    Kind,
    Light,
    Missing,
    Number,
    Percent,
    Row,
    Section,
    StreamedRows,
    Table,
    Text,
)

KEY = {
    RAG.RED: "Off track.",
    RAG.AMBER: "At risk.",
    RAG.GREEN: "On track.",
    RAG.COMPLETE: "Done; nothing more is owed.",
    RAG.NOT_RATED: "No light: not updated this quarter, or nothing to judge by.",
}
COUNTING = (
    "Rated means red, amber, green or complete; on track means green or complete.",
    "Percentages are of rated actions. Actions that are not rated leave the percentage.",
    "Lights are those the lead officers reported for the quarter. Drafts and returned updates do not count.",
    "An action that is complete or closed keeps its last light.",
)
#: How wide each kind of column is beside the others, from looking at both Maldon plans on A4.
WIDTHS = {
    "number": 0.6, "objective": 1.8, "action": 2.2, "indicator": 1.7, "baseline": 1.4, "timescale": 1.2, "lead": 1.2,
    "progress": 5.2, "work_needed": 2.8, "rag": 1.0,
}  # fmt: skip
REFERENCE = Column("Reference", width=0.7)
MILESTONES = Column("Milestones", width=1.5, when_empty=Missing("none"))
CARRIED = Column("Carried from or to", width=1.2, when_empty=Missing("not carried"))
WHEN_EMPTY = {
    "progress": Missing("not updated"),
    "work_needed": Missing("none stated"),
    "baseline": Missing("none stated"),
    "objective": Missing("none stated"),
}


def progress_paper(*, plan: Plan, quarter: Quarter, made_at: datetime, user: User, with_kpis: bool = False) -> Document:
    """A working copy of the paper, as at `made_at`. The caller has made sure that `user` may see the plan.

    `with_kpis` adds how each KPI of the plan stands, which takes more queries than all the rest.
    """
    today = made_at.date()
    rows = PlanRows(plan, quarter, today, with_milestones=True)
    tally = _Tally.of(rows)
    lineage = lineage_in_words(plan, user)
    return Document(
        title=f"{plan.title}: progress in {quarter}",
        what="Action plan progress",
        partnership=plan.partnership.name,
        place=plan.partnership.slug,
        period=f"{quarter}, {quarter.in_words}",
        period_code=quarter.code,
        position_on=min(today, quarter.ends_on),
        made_at=made_at,
        about="The lights of every action in the plan, what was done in the quarter and what is still needed.",
        facts=(Fact("Plan", plan.title), Fact("Made by", user.name)),
        key=_key(plan),
        counting=COUNTING,
        notes=_notes(tally),
        marking=plan.marking,
        sections=(
            Section("Summary: lights by priority", (_summary(tally),), name="Summary"),
            Section("Exceptions: red and amber actions", (_exceptions(tally),), name="Exceptions"),
            Section(f"The plan with its progress in {quarter}", (_plan(rows, lineage),), name="Action plan"),
            *(kpis_of_paper(plan, quarter) if with_kpis else ()),
        ),
    )


def _key(plan: Plan) -> tuple[KeyEntry, ...]:
    """The plan's own words for lights, then the usual word of each light they leave out."""
    own = [
        KeyEntry(Light(RAG(entry["rag"]), entry["word"]), entry.get("meaning") or KEY[RAG(entry["rag"])])
        for entry in plan.key
    ]
    there = {entry.light.rag for entry in own}
    return (*own, *(KeyEntry(Light(light), meaning) for light, meaning in KEY.items() if light not in there))


@dataclass
class _Tally:
    """What one walk over the plan's rows finds: counts, and the rows of red and amber actions."""

    groups: list[Group]
    counts: dict[int, LightCounts]
    exceptions: dict[RAG, list[Row]] = field(default_factory=lambda: {RAG.RED: [], RAG.AMBER: []})
    unapproved: int = 0
    unchanged: int = 0
    hidden: int = 0

    @classmethod
    def of(cls, rows: PlanRows) -> "_Tally":
        """Walk once; no row of the plan's own table is kept."""
        found = cls(rows.groups, {group.pk: LightCounts() for group in rows.groups})
        lights: dict[int, list[tuple[RAG, bool]]] = {group.pk: [] for group in rows.groups}
        for group, row in rows:
            light = row.action["light"]
            lights[group.pk].append((light, row.action["is_updated"]))
            found.unapproved += bool(row.update and row.update["is_submitted"])
            found.unchanged += bool(row.update and row.update["unchanged_because"])
            found.hidden += row.action["not_for_publication"] or bool(row.update and row.update["not_for_publication"])
            if light in found.exceptions:
                found.exceptions[light].append(_exception(group, row))
        found.counts = {key: LightCounts.from_pairs(pairs) for key, pairs in lights.items()}
        return found

    @property
    def total(self) -> LightCounts:
        """The lights of the whole plan."""
        return sum(self.counts.values(), LightCounts())


def _notes(tally: _Tally) -> tuple[str, ...]:
    total, notes = tally.total, []
    if total.not_updated:
        notes.append(f"Not updated in the quarter: {total.not_updated} of {total.total} actions.")
    if tally.unapproved:
        notes.append(f"Submitted, not separately approved: the updates of {tally.unapproved} of {total.total} actions.")
    if tally.unchanged:
        notes.append(f"No change since the update before: {tally.unchanged} of {total.total} actions.")
    if tally.hidden:
        notes.append(f"Rows that are not for publication in this copy: {tally.hidden}.")
    return tuple(notes)


def _summary(tally: _Tally) -> Table:
    lights = [Column(str(light.label), Kind.NUMBER, 0.8) for light in RAG]
    columns = (
        Column("Priority", width=4),
        *lights,
        Column("All actions", Kind.NUMBER, 0.8),
        Column("Rated", Kind.NUMBER, 0.8),
        Column("On track", Kind.NUMBER, 0.8),
        Column("On track, % of rated", Kind.PERCENT, 1.0, Missing("none rated", "z")),
    )
    rows = [Row((Text(_named(group)), *_counted(tally.counts[group.pk]))) for group in tally.groups]
    rows.append(Row((Text("All priorities"), *_counted(tally.total)), is_total=True))
    return Table("Number of actions with each light, by priority", columns, rows)


def _counted(counts: LightCounts) -> tuple[Cell, ...]:
    percent = counts.percent(counts.on_track)
    return (
        *(Number(getattr(counts, light.value)) for light in RAG),
        Number(counts.total),
        Number(counts.rated),
        Number(counts.on_track),
        Missing("none rated", "z") if percent is None else Percent(percent),
    )


def _exceptions(tally: _Tally) -> Table:
    columns = (
        REFERENCE,
        Column("Action", width=3),
        Column("Lead", width=1.2, when_empty=Missing("nobody yet")),
        Column("Light", Kind.LIGHT, 1),
        Column("Why", width=3, when_empty=Missing("not said")),
        Column("What would bring it back", width=2.4, when_empty=Missing("not said")),
        Column("Due", width=1.2, when_empty=Missing("no date", "z")),
    )
    rows = [row for rows in tally.exceptions.values() for row in rows]
    words = "No action is red or amber."
    return Table("Red and amber actions with their reasons, red first", columns, rows, "Priority", 0, words)


def _exception(group: Group, row: PlanRow) -> Row:
    cells = (
        Text(row.action["reference"]),
        Text(row.action["text"]),
        Text(row.lead),
        _light(row),
        Text(row.why),
        Text(row.update["back_on_track"] if row.update else ""),
        Text(row.due),
    )
    return Row(cells, group=_named(group))


def _plan(rows: PlanRows, lineage: Mapping[int, str]) -> Table:
    """The plan's own table, made row by row as it is printed.

    Before its columns stands the reference, by which other sheets name an action: no column of a plan has it. Behind
    them, where any action has milestones, stands how far it has come; and where any was carried from a plan or into
    one, which.
    """

    def made() -> Iterator[Row]:
        for group, row in rows:
            pairs = zip(rows.columns, rows.cells_of(row), strict=True)
            cells = (_cell(column, row, words) for column, (_, _, words) in pairs)
            steps = (Text(row.milestones),) if rows.has_milestones else ()
            carried = (Text(lineage.get(row.action["pk"], "")),) if lineage else ()
            yield Row((Text(row.action["reference"]), *cells, *steps, *carried), _named(group))

    behind = (*((MILESTONES,) if rows.has_milestones else ()), *((CARRIED,) if lineage else ()))
    columns = (REFERENCE, *(_column(column) for column in rows.columns), *behind)
    return Table("The plan’s table", columns, StreamedRows(made), "Priority")


def _column(column: PlanColumn) -> Column:
    kind = Kind.LIGHT if column.meaning == "rag" else Kind.TEXT
    return Column(column.heading, kind, WIDTHS.get(column.meaning, 1.5), WHEN_EMPTY.get(column.meaning, Missing()))


def _cell(column: PlanColumn, row: PlanRow, words: str) -> Cell:
    if column.meaning == "rag":
        return _light(row)
    if column.meaning == "objective":  # on every row, or sorting and filtering would part the rows from it
        return Text(row.objective["objectives__text"])
    return Text(words)


def _light(row: PlanRow) -> Light:
    """The light in the plan's own word; a silent action says so, with its last light."""
    light = row.action["light"]
    if row.action["is_updated"]:
        return Light(light, row.word)
    last = row.action["last_rag"]
    note = f"not updated; last {RAG(last).label}, {row.action['last_quarter']}" if last else "not updated"
    return Light(light, note=note)


def _named(group: Group) -> str:
    return f"{group.number} {group.title}".strip()
