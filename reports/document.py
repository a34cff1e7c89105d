"""A report as data, before it is a file: builders make it, exporters and frozen reports print and keep it.

A `Document` says what stands where, never how it looks. Every text in it is clean, every cell knows its type.

    lights = Table(
        caption="Lights by priority",
        columns=(Column("Priority", width=4), Column("Red", Kind.NUMBER), Column("On track", Kind.PERCENT)),
        rows=[Row((Text("1. Reduce fear of crime"), Number(1), Percent(75)))],
    )
    document = Document(
        title="Action plan 2009/10: progress at the end of Q4", what="Action plan progress",
        partnership="Maldon Community Safety Partnership", place="Maldon",
        period="Q4 2009/10, January to March 2010", period_code="2009-10-Q4",
        position_on=date(2010, 3, 31), made_at=timezone.localtime(),
        sections=(Section("Summary: lights by priority", (lights,), name="Summary"),),
    )
    xlsx.render(document)                  # bytes of a file
    file_name(document, "xlsx")            # "maldon-action-plan-progress-2009-10-q4-working-copy.xlsx"
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar

from django.utils.text import slugify

from csp_tracker.rag import RAG
from csp_tracker.text import clean_text

LARGEST_NUMBER = 10**15
LONGEST_FILE_NAME_PART = 40


class Kind(StrEnum):
    """What the cells of a column mostly hold: decides on which side they stand."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    LIGHT = "light"


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


def _clean(words: str) -> str:
    """Clean words; those that can all be printed need no cleaning, which is nearly always and far quicker to see."""
    return words if words.isprintable() else clean_text(words)


def _tidy(thing: object) -> None:
    """Clean every text of a frozen dataclass in place and make its sequences tuples."""
    for field in fields(thing):  # type: ignore[arg-type]  # called on dataclasses only
        value = getattr(thing, field.name)
        if type(value) is str:
            object.__setattr__(thing, field.name, _clean(value))
        elif isinstance(value, list | tuple):
            tidy = tuple(_clean(part) if type(part) is str else part for part in value)
            object.__setattr__(thing, field.name, tidy)


def _finite(value: Decimal | int) -> Decimal:
    """A number every format can hold, or a ValueError."""
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        raise ValueError(f"{value} is not a number a report can print.")
    return number


def _figure(value: Decimal, decimals: int) -> str:
    """The number as Excel shows it too: half is rounded away from nought."""
    return f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"


def day_in_words(day: date, precision: Precision = Precision.DAY) -> str:
    """Write "31 March 2010", "March 2010" or "2010"."""
    if precision is Precision.YEAR:
        return str(day.year)
    month = f"{day:%B} {day.year}"
    return month if precision is Precision.MONTH else f"{day.day} {month}"


# Cells: each says its words, for formats that print text; a spreadsheet takes the value.


@dataclass(frozen=True, slots=True)
class Text:
    """Words, of any length, with line breaks. Empty words print as the column's `when_empty`."""

    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _clean(self.value))

    @property
    def words(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Number:
    """A count or measure, with the decimals to print."""

    value: Decimal
    decimals: int = 0
    prefix: str = ""

    def __init__(self, value: Decimal | int, decimals: int = 0, prefix: str = "") -> None:
        object.__setattr__(self, "value", _finite(value))
        object.__setattr__(self, "decimals", decimals)
        object.__setattr__(self, "prefix", _clean(prefix))

    @property
    def words(self) -> str:
        return f"{'-' if self.value < 0 else ''}{self.prefix}{_figure(abs(self.value), self.decimals)}"


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage as people say it: 59 is 59%."""

    value: Decimal
    decimals: int = 0

    def __init__(self, value: Decimal | int, decimals: int = 0) -> None:
        object.__setattr__(self, "value", _finite(value))
        object.__setattr__(self, "decimals", decimals)

    @property
    def words(self) -> str:
        return f"{_figure(self.value, self.decimals)}%"


@dataclass(frozen=True, slots=True)
class Date:
    """A day, or the month or year it stands for where no more is known."""

    day: date
    precision: Precision = Precision.DAY

    @property
    def words(self) -> str:
        return day_in_words(self.day, self.precision)


@dataclass(frozen=True, slots=True)
class Light:
    """A light with the plan's own word for it, and what a reader must know beside ("not updated")."""

    rag: RAG
    word: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "word", _clean(self.word))
        object.__setattr__(self, "note", _clean(self.note))

    @property
    def words(self) -> str:
        word = self.word or str(self.rag.label)
        return f"{word}\n{self.note}" if self.note else word


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell without a value, with the reason: [x] not available, [z] not applicable, [c] confidential."""

    reason: str = "not available"
    code: str = "x"

    def __post_init__(self) -> None:
        _tidy(self)

    @property
    def words(self) -> str:
        return f"[{self.code}] {self.reason}"


NOT_AVAILABLE = Missing()
NOT_APPLICABLE = Missing("not applicable", "z")


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell left empty so that a chart draws nothing there: words would be drawn as nought. Its row says why."""

    @property
    def words(self) -> str:
        return ""


Cell = Text | Number | Percent | Date | Light | Missing | Gap


# Blocks: what a section is made of.


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading as the plan words it, and its width beside the others'."""

    heading: str
    kind: Kind = Kind.TEXT
    width: float = 1.0
    when_empty: Missing = NOT_AVAILABLE

    def __post_init__(self) -> None:
        _tidy(self)
        if self.width <= 0:
            raise ValueError(f"The column “{self.heading}” needs a width above nought.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `group` is the heading it stands under (its priority), `is_total` sets it off from the others."""

    cells: tuple[Cell, ...]
    group: str = ""
    is_total: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", tuple(self.cells))
        object.__setattr__(self, "group", _clean(self.group))


class StreamedRows:
    """Rows made one at a time each time they are read, so that a very long table never lies in memory whole."""

    def __init__(self, make: Callable[[], Iterable[Row]]) -> None:
        self.make = make

    def __iter__(self) -> Iterator[Row]:
        return iter(self.make())


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. One column, `row_header`, names each row.

    With `group_heading` ("Priority") each row's group is told too: a spreadsheet prints it as a first column of its
    own, a page or paper may print it as a line across. `rows` becomes a tuple unless it is `StreamedRows`.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    group_heading: str = ""
    row_header: int = 0
    when_no_rows: str = "There is nothing to list."

    def __post_init__(self) -> None:
        rows = self.rows
        _tidy(self)
        if not self.columns or not 0 <= self.row_header < len(self.columns):
            raise ValueError(f"The table “{self.caption}” needs columns, and one of them to name its rows.")
        if not isinstance(rows, StreamedRows):
            object.__setattr__(self, "rows", tuple(rows))
            object.__setattr__(self, "rows", tuple(self.each_row()))

    def each_row(self) -> Iterator[Row]:
        """The rows in order, each with a cell for every column or a ValueError."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"“{self.caption}” has {len(self.columns)} columns, but a row of {len(row.cells)}.")
            yield row


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str

    def __post_init__(self) -> None:
        _tidy(self)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts: "Committee: Community Services"."""

    name: str
    value: str

    def __post_init__(self) -> None:
        _tidy(self)


@dataclass(frozen=True, slots=True)
class Facts:
    """Short facts, each with its name."""

    facts: tuple[Fact, ...]

    def __post_init__(self) -> None:
        _tidy(self)


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes to the section; texts refer to them as "[note 1]"."""

    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        _tidy(self)


class LineKind(StrEnum):
    """What a line of a chart stands for; each is drawn in a way that can be told apart without colour."""

    FIGURES = "figures"
    PROVISIONAL = "provisional"
    TARGET = "target"
    BASELINE = "baseline"
    MEAN = "mean"
    LIMIT = "limit"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    SIGN = "sign"
    BOUND = "bound"


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of a chart: the column it draws, and what it stands for."""

    column: int
    kind: LineKind
    is_in_key: bool = True


@dataclass(frozen=True, slots=True)
class LineChart:
    """Columns of a table of the document, named by its caption, as lines over that table's rows, oldest first.

    `words` say what the chart shows, for readers who do not see it. A format that draws no charts prints them alone.
    """

    title: str
    table: str
    lines: tuple[ChartLine, ...]
    words: str
    measured_in: str = ""

    def __post_init__(self) -> None:
        _tidy(self)
        if not self.lines or not self.words:
            raise ValueError(f"The chart “{self.title}” needs lines, and words that say what they show.")


Block = Paragraph | Facts | Notes | Table | LineChart
AnyBlock = TypeVar("AnyBlock", Table, LineChart)


@dataclass(frozen=True, slots=True)
class Section:
    """A part with its heading. `name` is short, for the list of contents and a sheet's tab; else the heading."""

    heading: str
    blocks: tuple[Block, ...]
    name: str = ""

    def __post_init__(self) -> None:
        _tidy(self)

    @property
    def short_name(self) -> str:
        return self.name or self.heading


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One light of the key, in the plan's own word, with what it means."""

    light: Light
    meaning: str

    def __post_init__(self) -> None:
        _tidy(self)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report: its cover and its sections.

    `made_at` is local time. Without `issued` ("Report 12, issued 14 April 2010") it is a working copy, and says so.
    """

    title: str
    what: str
    partnership: str
    place: str
    period: str
    period_code: str
    position_on: date
    made_at: datetime
    sections: tuple[Section, ...]
    about: str = ""
    facts: tuple[Fact, ...] = ()
    key: tuple[KeyEntry, ...] = ()
    counting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    marking: str = ""
    issued: str = ""

    def __post_init__(self) -> None:
        _tidy(self)
        tables = {table.caption: table for table in self._blocks(Table)}
        for chart in self.charts:
            table = tables.get(chart.table)
            if table is None or not all(0 <= line.column < len(table.columns) for line in chart.lines):
                raise ValueError(f"The chart “{chart.title}” needs the table “{chart.table}” with its columns.")

    def _blocks(self, kind: type[AnyBlock]) -> Iterator[AnyBlock]:
        return (block for section in self.sections for block in section.blocks if isinstance(block, kind))

    @property
    def charts(self) -> tuple[LineChart, ...]:
        """Its charts, in order."""
        return tuple(self._blocks(LineChart))

    @property
    def first_table(self) -> Table | None:
        """The table that says the most, for formats that hold one."""
        return next(self._blocks(Table), None)

    @property
    def is_working_copy(self) -> bool:
        return not self.issued

    @property
    def status(self) -> str:
        """The line that says what this copy is worth."""
        made = f"{day_in_words(self.made_at)} at {self.made_at:%H:%M}"
        return self.issued or f"Working copy, not issued, as at {made}"

    @property
    def cover_facts(self) -> tuple[Fact, ...]:
        """The cover's facts in their order: those every report has, then its own."""
        return (
            Fact("Partnership", self.partnership),
            Fact("Period", self.period),
            Fact("Position as at", day_in_words(self.position_on)),
            Fact("Status", self.status),
            *self.facts,
            *((Fact("Handling marking", self.marking),) if self.marking else ()),
        )


def file_name(document: Document, extension: str) -> str:
    """A short name in lower case with dashes, saying place, content and period, and whether it is a working copy."""
    parts = [document.place, document.what, document.period_code, "working-copy" if document.is_working_copy else ""]
    slugs = [slugify(part)[:LONGEST_FILE_NAME_PART].strip("-_") for part in parts]
    return ("-".join(slug for slug in slugs if slug) or "report") + f".{extension}"
