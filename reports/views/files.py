"""Papers and tables as files: working copies of what the pages show."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.models import Plan
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from indicators.filters import IndicatorFilter
from indicators.models import Indicator
from indicators.values import FIRST_YEAR
from reports.builders.kpi import kpi_paper
from reports.builders.kpis import kpis_paper, scorecard_paper
from reports.builders.progress import progress_paper
from reports.document import Document, file_name
from reports.exporters import csv, xlsx

PAPERS = {"xlsx": xlsx}
TABLES = PAPERS | {"csv": csv}  # of a paper whose first table says all


@require_safe
def plan_report(request: MemberRequest, slug: str, quarter: Quarter, extension: str) -> HttpResponse:
    """A working copy of the plan’s progress paper as a file; `?kpis=yes` adds how the plan’s KPIs stand."""
    plan, exporter = _plan_or_404(request, slug, quarter), _exporter_or_404(PAPERS, extension)
    paper = progress_paper(
        plan=plan,
        quarter=quarter,
        made_at=timezone.localtime(),
        user=request.user,
        with_kpis=request.GET.get("kpis") == "yes",
    )
    return _as_file(paper, exporter, extension)


@require_safe
def plan_kpis_file(request: MemberRequest, slug: str, quarter: Quarter, extension: str) -> HttpResponse:
    """The plan’s scorecard as a file."""
    plan, exporter = _plan_or_404(request, slug, quarter), _exporter_or_404(TABLES, extension)
    now = timezone.localtime()
    return _as_file(scorecard_paper(plan=plan, quarter=quarter, made_at=now, user=request.user), exporter, extension)


@require_safe
def kpis_file(request: MemberRequest, quarter: Quarter, extension: str) -> HttpResponse:
    """The list of KPIs as a file, narrowed by the same query string as its page."""
    partnership, exporter = current_partnership(request), _exporter_or_404(TABLES, extension)
    if quarter.year < FIRST_YEAR:
        raise Http404
    query = request.GET.copy()
    query["quarter"] = quarter.code
    found = IndicatorFilter(
        query,
        queryset=Indicator.objects.filter(partnership=partnership).for_listing(),
        partnership=partnership,
        quarter=quarter,
        today_in=Quarter.containing(timezone.localdate()),
    )
    document = kpis_paper(
        partnership=partnership,
        stood=found.standings_of(list(found.qs)),
        quarter=quarter,
        shown=_narrowed_in_words(found),
        made_at=timezone.localtime(),
        user=request.user,
    )
    return _as_file(document, exporter, extension)


@require_safe
def indicator_file(request: MemberRequest, pk: int, extension: str) -> HttpResponse:
    """Everything on record of one KPI, with a chart that can be changed."""
    visible = Indicator.objects.visible_to(request.user)
    indicator = get_object_or_404(visible.select_related("partnership", "owner", "agency", "part_of"), pk=pk)
    exporter = _exporter_or_404(PAPERS, extension)
    document = kpi_paper(indicator=indicator, made_at=timezone.localtime(), user=request.user)
    return _as_file(document, exporter, extension)


def _plan_or_404(request: MemberRequest, slug: str, quarter: Quarter) -> Plan:
    """The plan, if the person may see it and it runs in the quarter."""
    plans = Plan.objects.visible_to(request.user).with_lineage().select_related("partnership")
    plan = get_object_or_404(plans, slug=slug)
    if quarter not in plan.quarters:
        raise Http404
    return plan


def _exporter_or_404(exporters: dict[str, Any], extension: str) -> Any:
    """What writes files of this kind."""
    if extension not in exporters:
        raise Http404
    return exporters[extension]


def _narrowed_in_words(found: IndicatorFilter) -> str:
    """ "Light: Red; Owner: Nadia Firth", as the page's own filters say it."""
    said = []
    for name, value in found.form.cleaned_data.items():
        field = found.form.fields[name]
        if value and name != "quarter":
            labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
            said.append(f"{field.label}: {labels.get(str(value), value)}")
    return "; ".join(said) or "All KPIs measured now"


def _as_file(document: Document, exporter: Any, extension: str) -> HttpResponse:
    answer = HttpResponse(exporter.render(document), content_type=exporter.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(document, extension)}"'
    return answer
