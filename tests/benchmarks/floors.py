"""What the tracker is measured against: the least such a page, save or file can cost, and plain Django admin.

They live beside the code and run in the same process, so that a ratio never depends on another machine.
"""

from collections.abc import Iterable
from copy import copy
from io import BytesIO
from typing import Any

from django.contrib import admin
from django.db import connection, transaction
from django.db.models import FilteredRelation, Q
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import NamedStyle

from actions.models import Action, Objective, Plan, ProgressUpdate
from csp_tracker.urls import urlpatterns as pages
from tests.benchmarks.data import LAST

# Pages

FLAT = """<!DOCTYPE html><html lang="en-GB"><head><title>Actions</title></head><body><h1>Actions</h1><table>
<thead><tr>{% for heading in headings %}<th scope="col">{{ heading }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr>{% for words in row %}<td>{{ words }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></body></html>"""
LISTED = ("reference", "text", "lead_agency__name", "lead_officer__name", "due_on", "now__rag")
PRINTED = ("objective__number", "objective__text", "text", "timescale", "lead_officer__name", "now__progress")
ROWS = 50


def constant(request: HttpRequest) -> HttpResponse:
    """What every page of a signed-in person costs at the least: the session and the person are read."""
    return HttpResponse(f"<!DOCTYPE html><title>Constant</title><p>{request.user.pk}</p>")


def flat_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Fifty actions of a partnership with their lights: one SELECT, one flat template."""
    rows = _with_update(Q(plan__partnership__slug=slug)).order_by("plan", "objective", "position")
    return _flat(LISTED, rows.values_list(*LISTED)[:ROWS])


def flat_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """A whole plan with its words and lights: one SELECT, one flat template."""
    columns = (*PRINTED, "now__work_needed", "now__rag")
    rows = _with_update(Q(plan__slug=slug)).order_by("objective__priority", "objective", "position")
    return _flat(columns, rows.values_list(*columns))


def _with_update(condition: Q) -> Any:
    of_quarter = FilteredRelation("updates", condition=Q(updates__quarter=LAST))
    return Action.objects.filter(condition).annotate(now=of_quarter)


def _flat(headings: Iterable[str], rows: Iterable[Any]) -> HttpResponse:
    return HttpResponse(TEMPLATE.render({"headings": headings, "rows": rows}))


TEMPLATE = engines["django"].from_string(FLAT)

# Plain Django admin: what an engineer gets for nothing. Unscoped, without search engines or caches.


class Updates(admin.TabularInline):
    """The updates of an action, below it."""

    model = ProgressUpdate
    extra = 1


class Actions(admin.ModelAdmin):
    """The actions of everybody."""

    list_display = ("reference", "text", "plan", "objective", "lead_agency", "lead_officer", "due_on", "status")
    list_filter = ("plan", "status", "lead_agency")
    list_select_related = ("plan", "objective", "lead_agency", "lead_officer")
    list_per_page = ROWS
    search_fields = ("reference", "text")
    inlines = (Updates,)


class OneUpdate(admin.ModelAdmin):
    """One update on a form of its own: what is left of admin's cost without the inline."""

    list_select_related = ("action",)
    raw_id_fields = ("action",)


plain_admin = admin.AdminSite(name="bench")
plain_admin.register(Action, Actions)
plain_admin.register(ProgressUpdate, OneUpdate)
plain_admin.register([Plan, Objective])

#: The tracker's addresses with those of the floors before them: the URLconf of the benchmark.
urlpatterns = [
    path("bench/constant/", constant, name="bench_constant"),
    path("bench/flat/list/<slug:slug>/", flat_list, name="bench_list"),
    path("bench/flat/plan/<slug:slug>/", flat_plan, name="bench_plan"),
    path("bench/admin/", plain_admin.urls),
    *pages,
]

# Saving


class BareSave:
    """An update and its history row by two bare statements in one transaction."""

    def __init__(self, update: ProgressUpdate) -> None:
        history = ProgressUpdate.history.model
        self.pk, self.times = update.pk, 0
        kept = history.objects.filter(id=update.pk).order_by("history_id").last()
        columns = [field for field in history._meta.concrete_fields if not field.primary_key]
        self.progress_at = [field.attname for field in columns].index("progress")
        self.values = [field.get_db_prep_save(getattr(kept, field.attname), connection=connection) for field in columns]
        quote = connection.ops.quote_name
        names, marks = ", ".join(quote(field.column) for field in columns), ", ".join(["%s"] * len(columns))
        self.insert = f"INSERT INTO {quote(history._meta.db_table)} ({names}) VALUES ({marks})"
        self.update = f"UPDATE {quote(ProgressUpdate._meta.db_table)} SET progress = %s, version = %s WHERE id = %s"

    def __call__(self) -> None:
        self.times += 1
        words = f"Bare words, time {self.times}."
        values = [*self.values]
        values[self.progress_at] = words
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self.update, [words, self.times, self.pk])
            cursor.execute(self.insert, values)


# Workbooks

Look = dict[str, Any]


class BareWorkbook:
    """The sheets of a workbook again, cell by cell, by openpyxl's write_only mode and one SELECT, nothing else.

    Values, heights of rows and looks of cells are known beforehand. The looks are named styles, openpyxl's own way to
    say a style once; `prepared` copies them past its interface, which is quicker than openpyxl means to be.
    """

    def __init__(self, content: bytes, plan: str, *, prepared: bool = False) -> None:
        self.plan, self.prepared = plan, prepared
        self.looks: dict[int, Look] = {}
        self.sheets = [self._read(sheet) for sheet in load_workbook(BytesIO(content)).worksheets]

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return sum(len(cells) for _, _, rows in self.sheets for _, cells in rows)

    def _read(self, sheet: Any) -> tuple[str, dict[str, float], list[Any]]:
        widths = {letter: dimension.width for letter, dimension in sheet.column_dimensions.items()}
        rows = []
        for at, row in enumerate(sheet.iter_rows(), 1):
            cells = [(cell.value, self._look(cell)) for cell in row if cell.value is not None]
            rows.append((sheet.row_dimensions[at].height, cells))
        return sheet.title, widths, rows

    def _look(self, cell: Any) -> int:
        if cell.style_id not in self.looks:
            parts = {name: copy(getattr(cell, name)) for name in ("font", "alignment", "border", "fill")}
            self.looks[cell.style_id] = parts | {"number_format": cell.number_format}
        return cell.style_id

    def __call__(self) -> bytes:
        rows = _with_update(Q(plan__slug=self.plan)).order_by("objective__priority", "objective", "position")
        for _ in rows.values_list(*PRINTED, "now__work_needed", "now__rag").iterator():
            pass
        workbook: Any = Workbook(write_only=True)
        for look, parts in self.looks.items():
            workbook.add_named_style(NamedStyle(name=f"look {look}", **parts))
        for title, widths, lines in self.sheets:
            sheet = workbook.create_sheet(title)
            for letter, width in widths.items():
                sheet.column_dimensions[letter].width = width
            looks = {look: self._styled(sheet, look) for look in self.looks}
            for at, (height, cells) in enumerate(lines, 1):
                sheet.row_dimensions[at].height = height
                sheet.append([self._cell(sheet, value, looks[look]) for value, look in cells])
        file = BytesIO()
        workbook.save(file)
        return file.getvalue()

    def _styled(self, sheet: Any, look: int) -> Any:
        name = f"look {look}"
        if not self.prepared:
            return name
        cell = WriteOnlyCell(sheet)
        cell.style = name
        return cell._style

    def _cell(self, sheet: Any, value: Any, look: Any) -> Any:
        cell = WriteOnlyCell(sheet, value)
        if self.prepared:
            cell._style = copy(look)
        else:
            cell.style = look
        return cell
