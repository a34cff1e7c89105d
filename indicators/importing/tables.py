"""The tables of KPIs in a file: their columns, their rows, and which quarter each of them is about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from csp_tracker.grids import Document, Grid, Row
from csp_tracker.grids.readings import TableReading
from csp_tracker.periods import FinancialYear, Period, PeriodKind
from csp_tracker.text import one_line
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.headings import Headings, find_headings, is_heading, texts_of
from indicators.importing.meanings import OF_A_PERIOD, Column, Meaning, plain, read_columns
from indicators.importing.stated import read_stated
from indicators.importing.whens import names_quarter_end, read_when

ROLES = {
    "actual": Meaning.FIGURE, "actuals": Meaning.FIGURE, "performance": Meaning.FIGURE, "result": Meaning.FIGURE,
    "outturn": Meaning.FIGURE, "value": Meaning.FIGURE, "figure": Meaning.FIGURE, "achieved": Meaning.FIGURE,
    "target": Meaning.TARGET, "targets": Meaning.TARGET, "profile": Meaning.TARGET, "rag": Meaning.RAG,
    "status": Meaning.RAG, "rag status": Meaning.RAG, "rag rating": Meaning.RAG, "rating": Meaning.RAG,
    "comment": Meaning.COMMENT, "comments": Meaning.COMMENT, "commentary": Meaning.COMMENT, "trend": Meaning.TREND,
}  # fmt: skip
FEWEST_ROLES = 2
FEWEST_PERIODS = 2  # different ones, down a column
CODE = re.compile(r"(?=.{0,14}\d)[A-Za-z]{0,6}[\s.\-/]?\d[\w.\-/]{0,12}")


@dataclass(frozen=True)
class Table:
    """One table, or the part of it below one row of headings. `this` is the period of "this quarter" in it."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    titles: tuple[str, ...] = ()
    headings: Headings | None = None
    year: FinancialYear | None = None
    this: Period | None = None

    @property
    def speaks_of_this_quarter(self) -> bool:
        """Whether a column of figures only says "this quarter": which one it is, is a guess that moves them all."""
        is_told_by_rows = self.column(Meaning.PERIOD) is not None
        return not is_told_by_rows and any(column.when.kind is None for column in self.all_of(Meaning.FIGURE))

    @property
    def lacks_its_year(self) -> bool:
        """Whether columns name a quarter or month without its year."""
        named = [column.when for column in self.columns if column.when.quarter or column.when.month]
        return any(when.financial_year() is None for when in named)

    def column(self, meaning: Meaning) -> Column | None:
        """The only column of that meaning, or the first."""
        return next((column for column in self.columns if column.meaning is meaning), None)

    def all_of(self, meaning: Meaning) -> list[Column]:
        return [column for column in self.columns if column.meaning is meaning]

    def period_of_row(self, row: Row) -> Period | None:
        """The period that a row names for its own figures, where the table has a column for that."""
        column = self.column(Meaning.PERIOD)
        return read_when(row.cells[column.position].text)[0].period(self.year) if column else None

    def period_of(self, column: Column) -> Period | None:
        """The period a column's figures are for; None where the file does not say."""
        if column.when.kind is not None:
            return column.when.period(self.year)
        if self.this is None:
            return None
        match column.meaning:
            case Meaning.PREVIOUS:
                return self.this.previous
            case Meaning.SAME_LAST_YEAR:
                return self.this.same_last_year
            case Meaning.LAST_YEAR:
                return Period.of_year(self.this.financial_year.previous)
            case Meaning.YEAR_TARGET:
                return Period.of_year(self.this.financial_year)
        return self.this


@dataclass
class Tables:
    """What was found in a file: the tables that are read, and a word on each that is not."""

    used: list[Table] = field(default_factory=list)
    readings: list[TableReading] = field(default_factory=list)
    left: list[tuple[Grid, str]] = field(default_factory=list)  # whole tables that are not read, and why
    titles: list[tuple[Row, str]] = field(default_factory=list)  # rows above the headings, by table


def find_tables(document: Document, decisions: IndicatorDecisions) -> Tables:
    """Every table with headings that we know; one without continues the table before it if it is as wide."""
    found = Tables()
    for grid in document.grids:
        parts = [] if decisions.tables.get(grid.name) is False else list(_parts(grid, found, decisions))
        rows = sum(not row.is_blank for row in grid.rows)
        if not parts:
            why = "left out, as decided" if grid.name in decisions.tables else "no row of headings of KPIs in it"
            found.left.append((grid, why))
            found.readings.append(TableReading(grid.name, is_used=False, rows=rows, why=why))
            continue
        found.used += parts
        columns = [column.heading for column in parts[0].columns if column.meaning is not Meaning.UNKNOWN]
        found.readings.append(TableReading(grid.name, is_used=True, rows=rows, why=f"has {', '.join(columns[:6])}"))
    found.used = _placed(found.used, document, decisions)
    return found


def _parts(grid: Grid, found: Tables, decisions: IndicatorDecisions) -> Iterator[Table]:
    """The table, cut where new headings begin."""
    headings = find_headings(grid.rows, at=decisions.headings.get(grid.name), decided=decisions.columns)
    if headings is None:
        if found.used and _continues(grid, found.used[-1]):
            yield replace(found.used[-1], name=grid.name, rows=grid.rows, headings=None)
        return
    above = [row for row in grid.rows[: headings.first] if not row.is_blank]
    found.titles += [(row, grid.name) for row in above]
    titles = (*grid.titles, *(" ".join(filter(None, texts_of(row))) for row in above))
    while headings is not None:
        following = _next_headings(grid.rows, headings, decisions)
        end = following.first if following else len(grid.rows)
        rows = grid.rows[headings.last + 1 : end]
        columns = _mended(read_columns(headings.texts, decisions.columns), rows)
        yield Table(name=grid.name, columns=columns, rows=rows, titles=titles, headings=headings)
        headings = following


def _next_headings(rows: Sequence[Row], headings: Headings, decisions: IndicatorDecisions) -> Headings | None:
    """Other headings further down the same table; the same ones again are a page's."""
    for index in range(headings.last + 1, len(rows)):
        if is_heading(texts_of(rows[index]), decisions.columns) and not headings.is_repeated_in(rows[index]):
            return find_headings(rows, index, decided=decisions.columns)
    return None


def _continues(grid: Grid, table: Table) -> bool:
    """A page-cut table: as wide as the last one, and a figure where that has figures."""
    if not grid.rows or len(grid.rows[0].cells) != len(table.columns) or grid.is_named:
        return False
    figures = [column.position for column in table.columns if column.meaning in {Meaning.FIGURE, Meaning.TARGET}]
    stated = [read_stated(row.cells[position].text) for row in grid.rows for position in figures]
    return any(one is not None and one.value is not None for one in stated)


def _mended(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[Column, ...]:
    """The columns, looked at again with the words below them."""
    columns = _with_periods(_with_roles(columns, rows), rows)
    meanings = {column.meaning: column for column in columns}
    name = meanings.get(Meaning.NAME)
    if Meaning.REFERENCE in meanings or name is None:
        return columns
    other = next((one for one in columns if Meaning.NAME in one.alternatives), None)
    if other is not None and _are_codes(name, rows):
        swap = {name.position: Meaning.REFERENCE, other.position: Meaning.NAME}
        return tuple(replace(one, meaning=swap.get(one.position, one.meaning)) for one in columns)
    first = columns[0]
    if first.meaning in {Meaning.UNKNOWN, Meaning.GROUP} and name.position > 0 and _are_codes(first, rows):
        return (replace(first, meaning=Meaning.REFERENCE, sure=4), *columns[1:])
    return columns


def _are_codes(column: Column, rows: Sequence[Row]) -> bool:
    words = [text for row in rows if (text := one_line(row.cells[column.position].text))]
    return bool(words) and sum(bool(CODE.fullmatch(text)) for text in words) * 3 >= len(words) * 2


def _with_roles(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Find the column whose words say of each row whether it holds figures, targets or lights."""
    for column in columns:
        if column.meaning in {Meaning.REFERENCE, Meaning.NAME}:
            continue
        words = [text for row in rows if (text := one_line(row.cells[column.position].text).casefold())]
        roles = {ROLES[word] for word in words if word in ROLES}
        if len(roles) >= FEWEST_ROLES and sum(word in ROLES for word in words) * 5 >= len(words) * 4:
            return tuple(replace(one, meaning=Meaning.ROW, sure=9) if one is column else one for one in columns)
    return columns


def _with_periods(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Find the column whose words say of each row which period its figures are for: "Q1 2025/26", "Apr-25"."""
    if any(column.when.kind for column in columns):
        return columns
    for column in columns:
        if column.meaning not in {Meaning.UNKNOWN, Meaning.FREQUENCY}:
            continue
        words = [text for row in rows if (text := one_line(row.cells[column.position].text))]
        found = {text for text in words if _is_period(text)}
        if len(found) >= FEWEST_PERIODS and all(text in found for text in words):
            return tuple(replace(one, meaning=Meaning.PERIOD, sure=9) if one is column else one for one in columns)
    return columns


def _is_period(text: str) -> bool:
    when, rest = read_when(text)
    return when.kind is not None and not plain(rest)


# Which quarter a table is about


def _placed(tables: list[Table], document: Document, decisions: IndicatorDecisions) -> list[Table]:
    """Each table with its year and the period of its "this quarter", as far as the file or a person says."""
    outside = [*(title for table in tables for title in table.titles), document.name]
    file_year = next((year for words in outside if (year := read_when(words)[0].financial_year())), None)
    own = {table.name: _named_period(table, decisions, file_year) for table in tables}
    differ = len({period for period in own.values() if period}) > 1
    placed = []
    for table in tables:
        year = _year(table, decisions) or file_year
        if year is None and decisions.quarter is not None:
            year = decisions.quarter.financial_year
        this = decisions.periods.get(table.name)
        if this is None and decisions.quarter and not differ:
            this = Period.of_quarter(decisions.quarter)
        this = this or own[table.name] or _from_columns(table, year)
        if this is None and (when := read_when(document.name)[0]).quarter:
            this = when.period(year)
        table = replace(table, year=year or (this.financial_year if this else None), this=this)
        placed.append(table)
    return placed


def _named_period(table: Table, decisions: IndicatorDecisions, file_year: FinancialYear | None) -> Period | None:
    """The quarter or month that the sheet's name or a title says."""
    year = _year(table, decisions) or file_year
    for words in (table.name, *reversed(table.titles)):
        when = read_when(words)[0]
        if when.quarter or (when.month and words == table.name):
            return when.period(year)
        if quarter := names_quarter_end(words):
            return Period.of_quarter(quarter)
    return None


def _year(table: Table, decisions: IndicatorDecisions) -> FinancialYear | None:
    """The year of the table: as decided, as its sheet is named, as its quarters' or targets' headings or titles say."""
    if decisions.year is not None:
        return decisions.year
    if year := read_when(table.name)[0].financial_year():
        return year
    headings = [
        year
        for meanings in ({Meaning.FIGURE}, {Meaning.RAG, Meaning.COMMENT}, {Meaning.TARGET, Meaning.YEAR_TARGET})
        for column in table.columns
        if column.meaning in meanings and (year := column.when.financial_year())
        if column.when.quarter or column.when.month or column.meaning is not Meaning.FIGURE
    ]
    titles = [year for title in reversed(table.titles) if (year := read_when(title)[0].financial_year())]
    return next(iter([*headings, *titles]), None)


def _from_columns(table: Table, year: FinancialYear | None) -> Period | None:
    """Of several quarters side by side, or below each other, the newest that has a figure."""
    if table.column(Meaning.PERIOD) is not None:
        told = [replace(table, rows=(row,), year=year) for row in table.rows]
        filled = [one for one in told if any(_has_figures(one, column) for column in table.all_of(Meaning.FIGURE))]
        return max((period for one in filled if (period := one.period_of_row(one.rows[0]))), default=None)
    if any(not column.when.kind for column in table.all_of(Meaning.FIGURE)):
        return None  # the file speaks of "this quarter" and does not say which
    periods = [
        period
        for column in table.all_of(Meaning.FIGURE)
        if (period := column.when.period(year)) is not None
        if period.kind is not PeriodKind.YEAR and _has_figures(table, column)
    ]
    return max(periods, default=None)


def _has_figures(table: Table, column: Column) -> bool:
    role = table.column(Meaning.ROW)
    stated = (
        read_stated(row.cells[column.position].text)
        for row in table.rows
        if role is None or ROLES.get(one_line(row.cells[role.position].text).casefold()) is Meaning.FIGURE
    )
    return any(one is not None and (one.value is not None or one.numerator is not None) for one in stated)


def is_spread(table: Table, column: Column) -> bool:
    """A target without a period of its own beside several quarters: for each of them, or for the year."""
    if column.meaning not in OF_A_PERIOD or column.when.kind is not None:
        return False
    return len({one.when for one in table.all_of(Meaning.FIGURE) if one.when.kind is not None}) > 1
