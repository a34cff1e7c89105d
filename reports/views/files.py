"""Papers and tables as files: working copies of what the pages show."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.models import Plan
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from indicators.models import Indicator
from reports.builders.kpi import kpi_paper
from reports.builders.progress import progress_paper
from reports.document import Document, file_name
from reports.exporters import xlsx

PAPERS = {"xlsx": xlsx}


@require_safe
def plan_report(request: MemberRequest, slug: str, quarter: Quarter, extension: str) -> HttpResponse:
    """A working copy of the plan’s progress paper as a file."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("partnership"), slug=slug)
    exporter = _exporter_or_404(PAPERS, extension)
    if quarter not in plan.quarters:
        raise Http404
    now = timezone.localtime()
    return _as_file(progress_paper(plan=plan, quarter=quarter, made_at=now, user=request.user), exporter, extension)


@require_safe
def indicator_file(request: MemberRequest, pk: int, extension: str) -> HttpResponse:
    """Everything on record of one KPI, with a chart that can be changed."""
    visible = Indicator.objects.visible_to(request.user)
    indicator = get_object_or_404(visible.select_related("partnership", "owner", "agency", "part_of"), pk=pk)
    exporter = _exporter_or_404(PAPERS, extension)
    document = kpi_paper(indicator=indicator, made_at=timezone.localtime(), user=request.user)
    return _as_file(document, exporter, extension)


def _exporter_or_404(exporters: dict[str, Any], extension: str) -> Any:
    """What writes files of this kind."""
    if extension not in exporters:
        raise Http404
    return exporters[extension]


def _as_file(document: Document, exporter: Any, extension: str) -> HttpResponse:
    answer = HttpResponse(exporter.render(document), content_type=exporter.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(document, extension)}"'
    return answer
