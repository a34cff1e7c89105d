"""What a file looks like once its format no longer matters: tables of cells, with the words around them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Self

CellValue = Decimal | date | datetime | time | bool | None
JSON_VERSION = 1


class GridRefused(ValueError):
    """The file cannot be read; the message is one sentence for the person who brought it."""


@dataclass(frozen=True)
class Cell:
    """One place of a table. Paragraphs and bullets are lines of `text`, with the address of a link behind its words.

    A merged cell is at its first place only.
    """

    text: str = ""
    value: CellValue = None  # a number or date that the file holds as one
    fill: str = ""  # "00B050", or nothing
    row_span: int = 1
    column_span: int = 1
    is_covered: bool = False  # part of a merged cell that begins above or to the left

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    def to_json(self) -> str | dict[str, Any] | None:
        """Words alone as they are, a covered place as null: most cells of most files are one of these."""
        is_usual = self.value is None and not self.fill and self.row_span == self.column_span == 1
        if is_usual and not self.is_covered:
            return self.text
        if is_usual and not self.text:
            return None
        parts = {
            "text": self.text,
            **_value_to_json(self.value),
            "fill": self.fill,
            "rows": self.row_span if self.row_span != 1 else None,
            "columns": self.column_span if self.column_span != 1 else None,
            "covered": self.is_covered or None,
        }
        return {name: part for name, part in parts.items() if part not in (None, "")}

    @classmethod
    def from_json(cls, data: str | dict[str, Any] | None) -> "Cell":
        """The cell that `to_json` wrote."""
        if data is None:
            return COVERED
        if isinstance(data, str):
            return cls(text=data) if data else BLANK
        return cls(
            text=data.get("text", ""),
            value=_value_from_json(data),
            fill=data.get("fill", ""),
            row_span=data.get("rows", 1),
            column_span=data.get("columns", 1),
            is_covered=data.get("covered", False),
        )


BLANK, COVERED = Cell(), Cell(is_covered=True)


@dataclass(frozen=True)
class Row:
    """One row; `number` is where a person finds it: the row of the table or sheet, the line of the text."""

    cells: tuple[Cell, ...]
    number: int
    at: str  # "Table 1, row 12"
    is_heading: bool = False  # the file itself says that it repeats on every page
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        return all(cell.is_blank for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """What it holds, without what is usual."""
        flags = {"heading": self.is_heading, "hidden": self.is_hidden}
        return {
            "number": self.number,
            "at": self.at,
            "cells": [cell.to_json() for cell in self.cells],
            **{name: True for name, is_on in flags.items() if is_on},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The row that `to_json` wrote."""
        return cls(
            cells=tuple(map(Cell.from_json, data["cells"])),
            number=data["number"],
            at=data["at"],
            is_heading=data.get("heading", False),
            is_hidden=data.get("hidden", False),
        )


@dataclass(frozen=True)
class Grid:
    """One table of a Word file, one sheet of a workbook, or one text file. All rows have the same number of cells."""

    name: str  # "Table 1", or the sheet's own name
    rows: tuple[Row, ...]
    titles: tuple[str, ...] = ()  # the paragraphs that stand before the table
    is_named: bool = False  # the file gives the name, we did not

    def to_json(self) -> dict[str, Any]:
        """Everything it holds."""
        return {
            "name": self.name,
            "is_named": self.is_named,
            "titles": list(self.titles),
            "rows": [row.to_json() for row in self.rows],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The table that `to_json` wrote."""
        return cls(
            name=data["name"],
            is_named=data["is_named"],
            titles=tuple(data["titles"]),
            rows=tuple(map(Row.from_json, data["rows"])),
        )


@dataclass(frozen=True)
class Document:
    """Everything of one file that is words: its tables in order, and what stands outside of them."""

    name: str
    kind: str  # docx, xlsx, csv or txt
    grids: tuple[Grid, ...]
    after: tuple[str, ...] = ()  # paragraphs behind the last table
    notices: tuple[str, ...] = field(default=())  # sentences on what was left unread: hidden sheets, for one

    def to_json(self) -> dict[str, Any]:
        """Everything it holds, so that a file is read once and looked at as often as somebody likes."""
        return {
            "version": JSON_VERSION,
            "name": self.name,
            "kind": self.kind,
            "grids": [grid.to_json() for grid in self.grids],
            "after": list(self.after),
            "notices": list(self.notices),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The document that `to_json` wrote; a ValueError for anything else."""
        if not isinstance(data, dict) or data.get("version") != JSON_VERSION:
            raise ValueError("This is no document of tables, or one written by another version.")
        try:
            return cls(
                name=data["name"],
                kind=data["kind"],
                grids=tuple(map(Grid.from_json, data["grids"])),
                after=tuple(data["after"]),
                notices=tuple(data["notices"]),
            )
        except (AttributeError, KeyError, TypeError, ArithmeticError) as error:
            raise ValueError("The document of tables is damaged.") from error


def _value_to_json(value: CellValue) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"truth": value}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return {} if value is None else {"time": value.isoformat()}


def _value_from_json(data: dict[str, Any]) -> CellValue:
    if "number" in data:
        return Decimal(data["number"])
    if "datetime" in data:
        return datetime.fromisoformat(data["datetime"])
    if "date" in data:
        return date.fromisoformat(data["date"])
    if "time" in data:
        return time.fromisoformat(data["time"])
    return data.get("truth")
