"""A file on its way: previewed, decided about, confirmed, undone; for the tests of these stages."""

from functools import cache
from pathlib import Path

from actions.importing.confirming import confirm_import
from actions.importing.previewing import preview_import
from csp_tracker.grids import Document, read_grids
from csp_tracker.people import ImportKind
from tests.builders import NOW

SEEDS = Path(__file__).parents[2] / "seeds"
OLD = "maldon-csp-2009-10.docx"
SAME = "maldon-csp-2009-10.xlsx"  # the same plan in another file
NEW = "maldon-csp-2015.docx"


@cache
def document_of(name: str) -> Document:
    """What the file is as cells."""
    return read_grids((SEEDS / name).read_bytes(), name)


def brought(partnership, by, name=NEW, *, document=None, data=None, now=NOW, **more):
    """A preview of one of the six files, or of another document."""
    return preview_import(
        partnership=partnership,
        document=document or document_of(name),
        name=name,
        data=data or ((SEEDS / name).read_bytes() if document is None else name.encode()),
        kind=ImportKind.PLAN,
        by=by,
        now=now,
        **more,
    )


def confirmed(file_import, by, **options):
    """What comes of it."""
    return confirm_import(
        **{"file_import": file_import, "version": file_import.version, "by": by, "now": NOW} | options
    )


def table(*rows, name="plan.csv"):
    """A document of one table: rows of words."""
    text = "\n".join("\t".join(f'"{cell}"' for cell in row) for row in rows)
    return read_grids(text.encode(), name)
