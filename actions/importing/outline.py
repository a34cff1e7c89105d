"""Rows become a tree: priorities, objectives, actions.

A row with neither a number nor a light continues the row above; a row without a number but with a light is a new action
under the last number; "7.1 Cont/d" continues 7.1; a whole number with nothing behind its title heads a priority. What
has no place in the tree is listed with the reason: nothing disappears.
"""

import re
from collections.abc import Sequence

from actions.importing.columns import Column, is_heading_row, read_columns, same_headings
from actions.importing.findings import Findings
from actions.importing.joining import Vocabulary
from actions.importing.lines import Line
from actions.importing.placing import place_row, place_section
from actions.importing.tree import PlanRefused, RowKind
from csp_tracker.grids import Document, Grid, Row
from csp_tracker.text import one_line

ROWS_ABOVE_HEADINGS = 15
LONGEST_TITLE = 255
PARTED_NUMBER = re.compile(r"\D*\d+\.\d.*")


def read_outline(document: Document) -> Findings:
    """The tree of all tables of a file that have the headings of a plan, or go on under those of the one before."""
    findings = Findings()
    vocabulary = Vocabulary(cell.text for grid in document.grids for row in grid.rows for cell in row.cells)
    columns: tuple[Column, ...] = ()
    for grid in document.grids:
        found = _find_headings(grid)
        if found is not None:
            columns = read_columns([cell.text for cell in grid.rows[found].cells])
            _take_titles(findings, grid, found)
            findings.add_columns(columns)
            findings.sheet = findings.sheet or (grid.name if grid.is_named else "")
            _read_table(findings, grid.rows[found:], columns, vocabulary)
        elif columns and grid.rows and len(grid.rows[0].cells) == len(columns):
            findings.leave_out(grid.name, grid.titles, "stands between two tables")
            _read_table(findings, grid.rows, columns, vocabulary)
        else:
            _leave_out_grid(findings, grid)
    findings.leave_out("the end of the file", document.after, "stands behind the last table")
    if not columns:
        raise PlanRefused(f"{document.name} has no table with a heading for actions or objectives.")
    if not any(findings.actions()):
        raise PlanRefused(f"{document.name} has the headings of a plan but no actions under them.")
    return findings


def _find_headings(grid: Grid) -> int | None:
    """Where the headings stand, below any titles."""
    for index, row in enumerate(grid.rows[:ROWS_ABOVE_HEADINGS]):
        if is_heading_row([cell.text for cell in row.cells]):
            return index
    return None


def _take_titles(findings: Findings, grid: Grid, headings_at: int) -> None:
    """The first words above the first table are the plan's title."""
    above = [(f"above {grid.name}", title) for title in grid.titles]
    above += [(row.at, cell.text) for row in grid.rows[:headings_at] for cell in row.cells if not cell.is_blank]
    for at, words in above:
        if findings.title is None and not findings.columns and len(one_line(words)) <= LONGEST_TITLE:
            findings.title = one_line(words)
        else:
            findings.leave_out(at, [words], "stands above the table")


def _leave_out_grid(findings: Findings, grid: Grid) -> None:
    findings.leave_out(f"above {grid.name}", grid.titles, "stands above a table that is not part of the plan")
    for row in grid.rows:
        findings.leave_out(row.at, [cell.text for cell in row.cells], "is in a table without the headings of a plan")


def _read_table(findings: Findings, rows: Sequence[Row], columns: tuple[Column, ...], vocabulary: Vocabulary) -> None:
    lines = [Line(row, columns) for row in rows]
    numbers_have_parts = any(PARTED_NUMBER.fullmatch(line.number) for line in lines)
    for line in lines:
        kind = _read_line(findings, line, vocabulary, numbers_have_parts=numbers_have_parts)
        findings.rows[kind] += 1
        if line.row.is_hidden and kind is not RowKind.BLANK:
            findings.hidden_at.append(line.row.at)


def _read_line(findings: Findings, line: Line, vocabulary: Vocabulary, *, numbers_have_parts: bool) -> RowKind:
    """Do what the row asks for, and say what kind it is."""
    if line.is_blank:
        if line.filled:
            findings.dashes_at.append(line.row.at)
            findings.leave_out(line.row.at, [line.words], "only dashes")
        return RowKind.BLANK
    if same_headings([cell.text for _, cell in line], line.columns):
        if findings.rows[RowKind.HEADER]:
            findings.leave_out(line.row.at, [line.words], "repeats the headings")
        return RowKind.HEADER
    if line.is_note:
        findings.leave_out(line.row.at, [line.words], "a note beside the table")
        return RowKind.NOTE
    section = line.section(numbers_have_parts=numbers_have_parts)
    if section is None:
        return place_row(findings, line, vocabulary)
    place_section(findings, line, section)
    return RowKind.SECTION
