"""The page that enters a quarter's figures for many KPIs, whole or not at all."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from csp_tracker.fields import to_quarter
from csp_tracker.models import Partnership
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from indicators import services
from indicators.filters import GridFilter, quarters_offered
from indicators.forms.grid import Grid, posted_rows
from indicators.models import Indicator, Reading
from indicators.permissions import can_enter_somewhere, open_to_entering
from indicators.services.entering import asked_for, figures_due
from indicators.values import FIRST_YEAR
from indicators.views.shared import crumbs

PER_PAGE = 50


@require_safe
def readings_choose(request: MemberRequest) -> HttpResponse:
    """To the grid of the quarter picked, or of the last one that has ended; whatever else was picked goes along."""
    require(can_enter_somewhere(request.user, current_partnership(request)))
    try:
        quarter = to_quarter(request.GET.get("quarter")) or Quarter.last_ended(timezone.localdate())
    except ValidationError as error:
        raise Http404 from error
    query = request.GET.copy()
    for name in ("quarter", "page"):
        query.pop(name, None)
    return redirect(_address(_begun_or_404(quarter), query))


@require_http_methods(["GET", "HEAD", "POST"])
def readings_grid(request: MemberRequest, quarter: Quarter) -> HttpResponse:
    """Every figure that the quarter asks of the person: shown to be typed in, then saved whole or not at all."""
    partnership = current_partnership(request)
    require(can_enter_somewhere(request.user, partnership))
    page = GridPage(request, partnership, _begun_or_404(quarter), timezone.localdate())
    return page.save() if request.method == "POST" else page.show()


def _begun_or_404(quarter: Quarter) -> Quarter:
    """A quarter that has begun: nobody can know a figure of the future."""
    if quarter.starts_on > timezone.localdate() or quarter.year < FIRST_YEAR:
        raise Http404
    return quarter


def _address(quarter: Quarter, query: QueryDict) -> str:
    return reverse("readings_grid", args=[quarter]) + (f"?{query.urlencode()}" if query else "")


class GridPage:
    """The grid of one partnership and quarter for one request."""

    def __init__(self, request: MemberRequest, partnership: Partnership, quarter: Quarter, today: date) -> None:
        self.request, self.partnership, self.quarter, self.today = request, partnership, quarter, today
        self.open = open_to_entering(request.user, partnership).due_in(quarter)
        asked = {
            frequency: [period for period in periods if period.starts_on <= today]
            for frequency, periods in asked_for(quarter).items()
        }
        self.filter = GridFilter(
            request.GET, queryset=self.open, partnership=partnership, user=request.user, asked=asked
        )

    @cached_property
    def page(self) -> Page:
        """The KPIs of the page that the address names."""
        shown = self.filter.qs.select_related("owner", "agency", "police_series")
        return Paginator(shown, PER_PAGE).get_page(self.request.GET.get("page"))

    def show(self) -> HttpResponse:
        """The figures on record, and empty boxes where there are none."""
        return self._shown(Grid(figures_due(list(self.page.object_list), self.quarter, self.today)))

    def save(self) -> HttpResponse:
        """Write what was typed; whatever is refused comes back with everything else that was typed."""
        posted = posted_rows(self.request.POST)
        rows = self.open.filter(pk__in=posted).select_related("owner", "agency", "police_series")
        indicators = list(rows)
        grid = Grid(figures_due(indicators, self.quarter, self.today), self.request.POST)
        grid.gone = len(indicators) < len(set(posted))
        if not grid.is_valid():
            return self._refused(grid, services.refused_readings(entries=grid.entries))
        try:
            saved = services.record_readings(partnership=self.partnership, entries=grid.entries, by=self.request.user)
        except services.ReadingsRefused as refused:
            return self._refused(grid, refused.errors)
        messages.success(self.request, _told(saved, self.quarter))
        return redirect(self._next(indicators))

    def _refused(self, grid: Grid, errors: Any) -> HttpResponse:
        grid.refuse(errors)
        return self._shown(grid, status=409 if grid.has_conflicts else 200)

    def _next(self, indicators: list[Indicator]) -> str:
        """The same page again, or the one that begins after its last KPI: rows may have left a filtered list."""
        query = self.request.GET.copy()
        if "next" in self.request.POST and indicators:
            last = indicators[-1]
            done = Q(reference__lt=last.reference) | Q(reference=last.reference, pk__lte=last.pk)
            query["page"] = str(self.filter.qs.filter(done).count() // PER_PAGE + 1)
        return _address(self.quarter, query)

    def _shown(self, grid: Grid, status: int = 200) -> HttpResponse:
        query = self.request.GET.copy()
        query["partnership"] = self.partnership.slug
        narrowed = any(self.request.GET.get(name) for name in self.filter.filters)
        context = {
            "grid": grid,
            "formset": grid,
            "quarter": self.quarter,
            "quarters": quarters_offered(self.quarter, Quarter.containing(self.today)),
            "filter": self.filter,
            "narrowed": narrowed,
            "page_obj": self.page,
            "action": f"?{query.urlencode()}",
            "crumbs": crumbs(page="Enter figures"),
        }
        return render(self.request, "indicators/readings_grid.html", context, status=status)


def _told(saved: Iterable[Reading], quarter: Quarter) -> str:
    """How many were saved, and the lights they were given."""
    lights = Counter(RAG(reading.rating) for reading in saved)
    if not lights:
        return "Nothing was changed, so nothing was saved."
    number = lights.total()
    words = ", ".join(f"{lights[light]} {light.label.lower()}" for light in RAG if lights[light])
    return f"{number} figure{'' if number == 1 else 's'} saved for {quarter}: {words}."
