"""A whole report made of the plan of 2009-10 as its file has it, for tests that read files back and for looking at."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from csp_tracker.rag import RAG, LightCounts
from reports.document import (
    NOT_APPLICABLE,
    Column,
    Document,
    Fact,
    KeyEntry,
    Kind,
    Light,
    Missing,
    Notes,
    Number,
    Paragraph,
    Percent,
    Row,
    Section,
    Table,
    Text,
)

PLAN = Path(__file__).parents[2] / "seeds" / "maldon-csp-2009-10.xlsx"
MADE_AT = datetime(2010, 4, 14, 9, 30, tzinfo=ZoneInfo("Europe/London"))
LIGHTS = {"GREEN": RAG.GREEN, "RED": RAG.RED, "AMBER": RAG.AMBER}
WIDTHS = (0.6, 1.8, 1.8, 1.7, 1.4, 4.6, 2.6, 1)
KINDS = (*[Kind.TEXT] * 7, Kind.LIGHT)


@cache
def plan_rows():
    """(priority, its eight cells) for each action, joined roughly as a right reading does."""
    priority, records = "", []
    headings, *rows = load_workbook(PLAN).active.iter_rows(values_only=True)
    for row in rows:
        cells = ["" if value is None else str(value).strip() for value in row]
        if not any(cells) or set("".join(cells)) <= {"-", "–", "—"}:
            continue
        if cells[0].rstrip(".").isdigit() and not any(cells[3:]):
            priority = f"{cells[0]} {cells[2]}"
            continue
        light = next((cell for cell in (cells[7], cells[6]) if cell.split(" ")[0] in LIGHTS), "")
        if "Cont" in cells[0] or not (cells[0] or light):
            joined = records[-1][1]
            joined[1:] = [" ".join(filter(None, pair)) for pair in zip(joined[1:], cells[1:], strict=True)]
            continue
        if cells[6] == light:
            cells[6], cells[7] = "", light
        records.append((priority, cells))
    return list(headings), records


def light_of(words):
    word = words.split(" ")[0] if words else ""
    return Light(LIGHTS[word], words) if word in LIGHTS else Light(RAG.NOT_RATED, note="not updated")


def plan_table():
    headings, records = plan_rows()
    columns = [Column(*three, Missing("none stated")) for three in zip(headings, KINDS, WIDTHS, strict=True)]
    rows = [Row((*map(Text, cells[:7]), light_of(cells[7])), group=priority) for priority, cells in records]
    return Table("The plan, in its own columns", columns, rows, group_heading="PRIORITY")


def counted(name, counts, is_total=False):
    share = Percent(counts.percent(counts.on_track)) if counts.rated else NOT_APPLICABLE
    numbers = (counts.red, counts.amber, counts.green, counts.complete, counts.not_rated, counts.not_updated)
    totals = (counts.total, counts.rated, counts.on_track)
    return Row((Text(name), *map(Number, numbers), *map(Number, totals), share), is_total=is_total)


def summary_table(plan):
    groups = {}
    for row in plan.rows:
        groups.setdefault(row.group, []).append((row.cells[-1].rag, row.cells[-1].rag is not RAG.NOT_RATED))
    counts = {name: LightCounts.from_pairs(pairs) for name, pairs in groups.items()}
    figures = ("Red", "Amber", "Green", "Complete", "Not rated", "of these not updated", "Actions", "Rated", "On track")
    columns = [Column("Priority", width=6), *(Column(figure, Kind.NUMBER) for figure in figures)]
    columns.append(Column("On track, % of rated", Kind.PERCENT))
    rows = [counted(name, count) for name, count in counts.items()]
    rows.append(counted("All priorities", sum(counts.values(), LightCounts()), is_total=True))
    return Table("Lights by priority", columns, rows)


def exceptions_table(plan):
    columns = (Column("No.", width=0.5), Column("Key action", width=3), Column("Light", Kind.LIGHT))
    columns += (Column("Reason", width=4), Column("Hits", Kind.NUMBER), Column("Change", Kind.PERCENT))
    reason = Missing("no reason in the imported plan")
    figures = (Number(Decimal("1884.5"), 1), Percent(Decimal("-7.2"), 1))
    reds = [row.cells for row in plan.rows if row.cells[-1].rag is RAG.RED]
    rows = [Row((red[0], red[2], red[-1], reason, *figures)) for red in reds]
    return Table("Actions reported red", columns, rows)


def example(**changes):
    plan = plan_table()
    counts = Paragraph("34 actions, of which 33 are rated.")
    fields = {
        "title": "Action plan 2009/10: progress at the end of quarter 4",
        "what": "Action plan progress",
        "partnership": "Maldon Community Safety Partnership",
        "place": "Maldon",
        "period": "Q4 2009/10 (January to March 2010)",
        "period_code": "2009-10-Q4",
        "position_on": date(2010, 3, 31),
        "made_at": MADE_AT,
        "about": "How each action of the plan stood at the end of the quarter, for the Responsible Authorities Group.",
        "facts": [Fact("Plan", "Maldon CSP Action Plan 2009-10"), Fact("Contact", "Community safety manager")],
        "key": [
            KeyEntry(Light(RAG.RED, "RED"), "Not on track, or not done."),
            KeyEntry(Light(RAG.AMBER, "AMBER"), "At risk; work is needed to bring it back."),
            KeyEntry(Light(RAG.GREEN, "GREEN"), "On track or done. “c/f Actions”: carried forward into the next plan."),
            KeyEntry(Light(RAG.COMPLETE), "Finished; no more is due."),
            KeyEntry(Light(RAG.NOT_RATED), "No light was reported for the quarter."),
        ],
        "counting": [
            "An action's light is that of its submitted or approved update for the quarter; drafts do not count.",
            "Rated is red, amber, green and complete together; percentages are of the rated actions.",
            "On track is green and complete together. An action without an update is counted as not rated.",
        ],
        "notes": ["Words are those of the plan; nothing was shortened."],
        "marking": "OFFICIAL",
        "sections": [
            Section("Summary: lights by priority", [counts, summary_table(plan)], "Summary"),
            Section("Exceptions: reds with reasons", [exceptions_table(plan)], "Exceptions"),
            Section("The action plan", [plan, Notes(["Names of objectives are as in the plan."])], "Action plan"),
        ],
    }
    return Document(**fields | changes)
