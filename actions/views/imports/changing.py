"""What a person corrects in a preview: the columns and tables, and single rows."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from actions.forms.offers import OffersForm
from actions.forms.readings import ColumnsForm, RowForm, TableChoice
from actions.views.imports.pointing import LOOKED_AT, columns_below, pointed_at, possible_headings
from actions.views.imports.shared import Preview, crumbs_of, decision_page, only_while, read
from actions.views.shared import edits
from csp_tracker.grids import Grid, Row
from csp_tracker.models import FileImport
from csp_tracker.people import ImportState
from csp_tracker.requests import MemberRequest
from csp_tracker.text import one_line

ROWS_ON_A_PAGE = 100


@require_safe
@only_while(ImportState.PREVIEWED)
def import_rows(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """Every row of the file with what it became and why."""
    preview = read(file_import)
    is_all = request.GET.get("show") != "not-used"
    found = list(enumerate(preview.readings, start=1)) if is_all else preview.not_used()
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "file_import": file_import,
        "page_obj": page,
        "not_used": None if is_all else page.object_list,
        "crumbs": crumbs_of(file_import),
    }
    return render(request, "actions/imports/rows.html", context)


@edits
@only_while(ImportState.PREVIEWED)
def import_row(request: MemberRequest, file_import: FileImport, number: int) -> HttpResponse:
    """One row: what it became, why, and what to make of it instead."""
    preview = read(file_import)
    row = preview.row(number)
    back = f"{reverse('import', args=[file_import.pk])}?at={number}#row-{number}"
    neighbours = {
        name: reverse("import_row", args=[file_import.pk, other]) if 1 <= other <= len(preview.readings) else ""
        for name, other in (("previous_url", number - 1), ("next_url", number + 1))
    }
    return decision_page(
        request,
        preview,
        RowForm,
        {"row": row, "now": str(preview.decisions.rows.get(row.at, "")), "has_light": preview.has_light(row.at)},
        template="actions/imports/row.html",
        told=f"{row.at} has been changed. This is the plan as it reads now.",
        url=back,
        context={"title": row.at, "row": row, "cells": list(_cells(preview, row.at)), **neighbours},
    )


@edits
@only_while(ImportState.PREVIEWED)
def import_offers(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """What the plan's words say beyond its columns, to be taken or left: each for itself, none unasked."""
    preview = read(file_import)
    if not preview.is_plan:
        raise Http404
    return decision_page(
        request,
        preview,
        OffersForm,
        {"offers": preview.offers},
        template="actions/imports/offers.html",
        told="Your choices have been kept. They are taken when the plan is imported.",
        url=reverse("import", args=[file_import.pk]),
        context={"title": "The plan’s words also say"},
    )


def _cells(preview: Preview, at: str) -> Iterator[tuple[str, str]]:
    """The words of the row under the headings of its table."""
    for grid in preview.document.grids:
        for row in grid.rows:
            if row.at == at:
                headings = _headings(preview, grid)
                for place, cell in enumerate(row.cells):
                    if not cell.is_blank:
                        yield headings.get(place) or f"Column {place + 1}", cell.text
                return


def _headings(preview: Preview, grid: Grid) -> dict[int, str]:
    known = {column.heading for column in preview.tree.columns} if preview.tree else set()
    best = max(grid.rows[:LOOKED_AT], key=lambda row: _shared(row, known), default=None)
    if best is None or not _shared(best, known):
        return {}
    return {place: one_line(cell.text) for place, cell in enumerate(best.cells) if not cell.is_blank}


def _shared(row: Row, known: set[str]) -> int:
    return sum(one_line(cell.text) in known for cell in row.cells if not cell.is_blank)


@edits
@only_while(ImportState.PREVIEWED)
def import_columns(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """What each column means, which tables are read and where their headings are."""
    preview = read(file_import)
    readings = {table.name: table for table in preview.tree.tables} if preview.tree else {}
    headings = {} if preview.tree else pointed_at(preview, request.POST)
    tables = [
        TableChoice(
            grid.name,
            readings[grid.name].is_used if grid.name in readings else True,
            readings[grid.name].why if grid.name in readings else "",
            list(possible_headings(grid)),
            headings.get(grid.name, ""),
        )
        for grid in preview.document.grids
    ]
    return decision_page(
        request,
        preview,
        ColumnsForm,
        {
            "columns": preview.tree.columns if preview.tree else columns_below(preview, headings),
            "meanings": preview.meanings,
            "tables": tables,
        },
        template="actions/imports/columns.html",
        told="The file has been read again.",
        url=reverse("import", args=[file_import.pk]),
        context={"title": "Columns and tables", "refusal": preview.refusal},
    )
