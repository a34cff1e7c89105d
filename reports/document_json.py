"""A document as JSON and back: the same document always gives the same text, and so the same SHA-256."""

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_type_hints

from csp_tracker.rag import RAG
from reports import document as parts
from reports.document import Document, Kind, LineKind, Precision, StreamedRows

EDITION = 1

CLASSES = {
    each.__name__: each
    for each in (
        *(parts.Text, parts.Number, parts.Percent, parts.Date, parts.Light, parts.Missing, parts.Gap),
        *(parts.Column, parts.Row, parts.Table, parts.Paragraph, parts.Fact, parts.Facts, parts.Notes),
        *(parts.LineChart, parts.ChartLine),
        *(parts.Section, parts.KeyEntry, parts.Document),
    )
}
READERS: dict[Any, Any] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
    RAG: RAG,
    Kind: Kind,
    LineKind: LineKind,
    Precision: Precision,
}


class UnreadableDocument(ValueError):
    """The text is not a document this edition of the program can read."""


def to_json(document: Document) -> str:
    """Write every part with its class and all its fields, keys in order, nothing that depends on the machine."""
    kept = {"edition": EDITION, "document": _plain(document)}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Document:
    """Read what `to_json` wrote. A field added since takes its default."""
    try:
        kept = json.loads(text)
        if kept["edition"] != EDITION:
            raise UnreadableDocument(f"This is a document of edition {kept['edition']}; {EDITION} can be read.")
        document = _made(kept["document"])
    except UnreadableDocument:
        raise
    except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError) as error:
        raise UnreadableDocument(f"This is not a document: {error!r}") from error
    if not isinstance(document, Document):
        raise UnreadableDocument("This is a part of a document, not a whole one.")
    return document


def digest(document: Document) -> str:
    """The SHA-256 of the document's JSON, in hexadecimal."""
    return hashlib.sha256(to_json(document).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {"is": type(value).__name__} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | StreamedRows):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_made(part) for part in value)
    if not isinstance(value, dict):
        return value
    made = CLASSES[value["is"]]
    hints, required = _fields_of(made)
    given = {name: part for name, part in value.items() if name != "is"}
    if not required <= given.keys() <= hints.keys():
        raise UnreadableDocument(f"The fields of a {value['is']} are not {', '.join(sorted(given))}.")
    return made(**{name: READERS.get(hints[name], _made)(part) for name, part in given.items()})


@cache
def _fields_of(made: Any) -> tuple[dict[str, Any], set[str]]:
    """The type of each field, and the names of those that have no default."""
    required = {field.name for field in fields(made) if field.default is MISSING}
    return get_type_hints(made), required
