"""The picture of a KPI's figures: drawn once for the same data, and what a page says beside it."""

from dataclasses import dataclass

from csp.constants import NONE, UNSAFE_INLINE
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from csp_tracker.requests import MemberRequest
from indicators.chart_data import ChartData
from indicators.chart_wording import Row, describe, left_out, table
from indicators.charts import draw, fingerprint, size_of
from indicators.models import Indicator
from indicators.services.charting import chart_for

#: A drawing carries its own styles, and nothing else: no script, nothing from elsewhere.
POLICY = {"style-src": [UNSAFE_INLINE], "script-src": [NONE], "img-src": [NONE], "connect-src": [NONE]}
KEPT_FOR = 30 * 24 * 60 * 60  # seconds; other data are another picture, so none is ever out of date


@dataclass(frozen=True)
class Picture:
    """What a page needs to show a chart: its two drawings, and the same in words and figures."""

    chart: ChartData

    @property
    def alternative(self) -> str:
        """All that is to be seen, in words."""
        return " ".join(describe(self.chart))

    @property
    def rows(self) -> list[Row]:
        """The figures, newest first."""
        return table(self.chart)

    @property
    def left_out(self) -> str:
        return left_out(self.chart)

    @property
    def wide(self) -> tuple[int, int]:
        """Width and height on a desk."""
        return size_of(self.chart)

    @property
    def narrow(self) -> tuple[int, int]:
        """Width and height on a telephone."""
        return size_of(self.chart, is_narrow=True)


@require_safe
def indicator_chart(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The drawing itself; `?shape=narrow` is the one for telephones."""
    visible = Indicator.objects.visible_to(request.user).prefetch_related("readings", "targets", "baselines")
    indicator = get_object_or_404(visible, pk=pk)
    chart = chart_for(indicator, list(indicator.readings.all()), indicator.targets.all(), indicator.baselines.all())
    is_narrow = request.GET.get("shape") == "narrow"
    name = fingerprint(chart, is_narrow=is_narrow)
    drawing = caches["charts"].get(name)
    if drawing is None:
        drawing = draw(chart, is_narrow=is_narrow)
        caches["charts"].set(name, drawing, KEPT_FOR)
    response = HttpResponse(drawing, content_type="image/svg+xml", headers={"ETag": quote_etag(name)})
    response._csp_replace = POLICY  # type: ignore[attr-defined]
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
