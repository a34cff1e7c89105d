"""Tables of KPIs as councils lay them out, written as files: none is anybody's real one."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]
GREEN, AMBER, RED, GREY = "00B050", "FFC000", "FF0000", "BFBFBF"


Places = dict[tuple[str, str], str]


def workbook(
    sheets: dict[str, Rows],
    *,
    fills: Places | None = None,
    formats: Places | None = None,
    merges: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A workbook of those sheets; fills, number formats and merges by (sheet, place)."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for (name, place), colour in (fills or {}).items():
        book[name][place].fill = PatternFill("solid", fgColor=f"FF{colour}")
    for (name, place), number_format in (formats or {}).items():
        book[name][place].number_format = number_format
    for name, area in merges:
        book[name].merge_cells(area)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def document(*tables: Rows, before: str = "") -> bytes:
    """A Word document of those tables, with a paragraph before the first."""
    paper = docx.Document()
    if before:
        paper.add_paragraph(before)
    for rows in tables:
        table = paper.add_table(len(rows), len(rows[0]))
        for line, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(line.cells, row, strict=True):
                cell.text = str(text)
    target = BytesIO()
    paper.save(target)
    return target.getvalue()


def scorecard() -> bytes:
    """One quarter beside the one before: what most scrutiny committees are shown."""
    return workbook({"Scorecard": [
        ["Community Safety scorecard", None, None, None, None, None, None, None],
        ["Quarter 2 2024/25", None, None, None, None, None, None, None],
        ["Ref", "Description", "Previous", "This quarter", "Target", "Status", "Trend", "Comment"],
        ["Priority 1: Anti-social behaviour", None, None, None, None, None, None, None],
        ["CS1", "Number of ASB incidents (lower is better)", 430, 412, 400, "Amber", "↑", "Fewer calls in August."],
        ["CS2", "% of residents who feel safe after dark", "93.0%", "95.9%", "95%", "Green", "↑", ""],
        ["Priority 2: Violence", None, None, None, None, None, None, None],
        ["CS3", "Violence with injury (lower is better)", 180, 176, 170, "Green", "→", "Within tolerance."],
        ["CS4", "Domestic abuse repeat referrals", 41, "NYA", "TBC", "Grey", "", "Police data awaited."],
        ["CS5", "Community triggers received", "-", "-", "n/a", "", "", ""],
        ["Key: Green – on or above target; Amber – within 10%; Red – more than 10% off", *[None] * 7],
    ]})  # fmt: skip


def quarters_as_columns() -> bytes:
    """A year in one table, its quarters side by side under the year, coloured cells for lights."""
    return workbook(
        {"KPIs": [
            ["Ref", "Indicator", "Baseline 2023/24", "Target", "2024/25", None, None, None, "Good is"],
            [None, None, None, None, "Q1", "Q2", "Q3", "Q4", None],
            ["1.1", "Burglaries", 1800, 1700, 410, 455, 420, None, "Low"],
            ["1.10", "Hate crimes reported", "New indicator", 120, 31, 28, "TBC", None, "High"],
            ["1.2", "Victims satisfied", "88%", "90%", 0.912, 0.885, 0.903, None, "High"],
        ]},
        fills={("KPIs", "E3"): GREEN, ("KPIs", "F3"): AMBER, ("KPIs", "E5"): GREEN, ("KPIs", "F5"): RED,
               ("KPIs", "G5"): GREEN, ("KPIs", "G3"): "92D050"},
        formats={("KPIs", "E5"): "0.0%", ("KPIs", "F5"): "0.0%", ("KPIs", "G5"): "0.0%"},
        merges=[("KPIs", "E1:H1"), ("KPIs", "A1:A2"), ("KPIs", "B1:B2")],
    )  # fmt: skip


def quarters_as_sheets(second: int = 415, *, with_third: bool = False) -> bytes:
    """A sheet a quarter; the second says otherwise what the first quarter was."""
    headings = ["Ref", "Indicator", "Previous", "Actual", "Target", "RAG"]
    sheets: dict[str, Rows] = {
        "Q1 2024-25": [
            headings,
            ["CS 01", "ASB incidents", 400, 410, "<420", "G"],
            ["CS 02", "Street robberies", 21, 19, "<20", "G"],
        ],
        "Q2 2024-25": [
            headings,
            ["CS01", "ASB incidents", second, 430, "<420", "A"],
            ["CS-02", "Street robberies", 19, 25, "<20", "R"],
            ["CS03", "Knife crimes", "-", 7, "<8", "G"],
        ],
    }
    if with_third:
        sheets["Q3 2024-25"] = [headings, ["CS01", "ASB incidents", 430, 395, "<420", "G"]]
    return workbook(sheets)


def derbyshire() -> bytes:
    """A county's table: which way is good in a column, grey where nothing can be rated, rates and money."""
    return document(
        [
            ["Indicator", "Description", "Good to be", "2008/09 outturn", "2009/10 target", "Q3 2009/10",
             "Status", "Notes"],
            ["NI 15", "Serious violent crime rate per 1,000 population", "Low", "0.92", "0.90", "0.21",
             "Grey", "Year end only"],
            ["NI 20", "Assault with injury", "Low", "3,204", "3,100", "702", "Green", ""],
            ["NI 32", "Repeat incidents of domestic violence (%)", "Low", "27%", "25%", "26.4%",
             "Amber", "Missed by 1.4 points"],
            ["", "", "", "", "", "", "", "Small numbers"],
            ["NI 38", "Drug related offending", "Low", "n/a", "n/a", "n/a", "Grey", "No data nationally"],
            ["LI 4", "Value of goods recovered", "High", "£12,400", "£13,000", "£9,950", "Blue", ""],
        ],
        before="Safer county partnership: performance to December 2009",
    )  # fmt: skip


def months() -> bytes:
    """A year's months side by side in a .csv file, the targets and lights in rows of their own."""
    return "\r\n".join([
        "Partnership dashboard 2024/25,,,,,,",
        "PI,Measure,Type,Apr-24,May-24,Jun-24,Jul-24",
        "CS1,Shoplifting offences,Actual,34,41,38,-",
        ",,Target,40,40,40,40",
        ",,RAG,Green,Amber,Green,",
        "CS2,999 calls answered in time,Actual,0.912,93.4%,95.9,",
        ",,Target,95%,95%,95%,95%",
        ",,RAG,Red,Amber,Green,",
    ]).encode()  # fmt: skip
