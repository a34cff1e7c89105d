"""One KPI: what it is, where it started, what it is to reach, what was measured, and what it serves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from csp_tracker.models import User
from csp_tracker.periods import FinancialYear, Period, PeriodKind
from csp_tracker.requests import MemberRequest
from indicators import services
from indicators.models import Indicator, Reading, Target
from indicators.permissions import can_edit_indicators, can_enter_readings
from indicators.services.charting import chart_for
from indicators.services.pasts import Past, pasts_of_readings, pasts_of_targets
from indicators.values import Frequency, Unit
from indicators.views.changing import chart_of_months, compared, real_change, signs_of
from indicators.views.charts import Picture
from indicators.views.presenting import Line, baseline_in_words, lines_of, target_in_words
from indicators.views.quarters import late_quarters
from indicators.views.shared import crumbs

READINGS_PER_PAGE = 8
TARGETS_SHOWN = 8
PERIODS_OFFERED = {PeriodKind.MONTH: 24, PeriodKind.QUARTER: 12, PeriodKind.YEAR: 6}
KINDS_OFFERED = {
    Frequency.MONTH: (PeriodKind.MONTH,),
    Frequency.QUARTER: (PeriodKind.QUARTER, PeriodKind.YEAR),
    Frequency.YEAR: (PeriodKind.YEAR,),
    Frequency.ONE_OFF: (PeriodKind.YEAR, PeriodKind.QUARTER),
}


@require_safe
def indicator(request: MemberRequest, pk: int) -> HttpResponse:
    """The KPI's own page."""
    visible = Indicator.objects.visible_to(request.user).select_related("owner", "agency", "part_of", "police_series")
    has_parts = Exists(Indicator.objects.filter(part_of=OuterRef("pk")))
    indicator = get_object_or_404(visible.prefetch_related("baselines").annotate(has_parts=has_parts), pk=pk)
    today = timezone.localdate()
    readings = sorted(indicator.readings.select_related("entered_by", "scheme"), key=_newest, reverse=True)
    targets, rules = list(indicator.targets.all()), services.RuleBook.of([indicator])
    shown = None if request.GET.get("targets") == "all" else TARGETS_SHOWN
    page: Any = Paginator(readings, READINGS_PER_PAGE).get_page(request.GET.get("page"))
    chart = chart_of_months(indicator, readings, targets)
    signs = signs_of(chart)
    lines = _lines(indicator, page.object_list, readings, targets, signs)
    pasts = pasts_of_readings(indicator, [line.reading for line in lines])
    page.object_list = [replace(line, pasts=pasts.get(line.reading.pk, ())) for line in lines]
    latest = lines if page.number == 1 else _lines(indicator, readings[:1], readings, targets, signs)
    quarters = late_quarters(indicator, readings, targets, rules)
    can_enter = can_enter_readings(request.user, indicator) and indicator.archived_at is None
    can_edit = can_edit_indicators(request.user, indicator.partnership_id)
    context = {
        "indicator": indicator,
        "crumbs": crumbs(indicator),
        "latest": latest[0] if latest else None,
        "change": real_change(chart),
        "compared": compared(indicator, readings, targets),
        "page_obj": page,
        "picture": _picture(indicator, readings, targets),
        "quarters": quarters if indicator.frequency == Frequency.MONTH else [],
        "year_to_date": quarters[0].so_far if quarters and indicator.frequency == Frequency.QUARTER else "",
        "targets": _aims(indicator, targets[::-1][:shown]),
        "targets_left_out": len(targets) - shown if shown and shown < len(targets) else 0,
        "baselines": [(one, baseline_in_words(indicator, one)) for one in indicator.baselines.all()],
        "scheme": services.in_words(rules.scheme_for(indicator, today), indicator),
        "about": _about(indicator),
        "parts": indicator.parts.open() if indicator.has_parts else (),  # type: ignore[attr-defined]
        "police": _counted_by_the_police(indicator, readings),
        "can_enter": can_enter,
        "can_edit": can_edit,
        "periods": _periods_to_fill(indicator, readings, today) if can_enter else (),
        "target_periods": _periods_to_aim_at(indicator, today) if can_edit else (),
        **_served(indicator, request.user),
    }
    return render(request, "indicators/indicator.html", context)


def _newest(reading: Reading) -> tuple[date, date]:
    """By the end of the period; at the end of a year the quarter stands above the year."""
    return reading.period.ends_on, reading.period_starts_on


def _lines(
    indicator: Indicator,
    shown: Sequence[Reading],
    readings: Sequence[Reading],
    targets: Sequence[Target],
    signs: Mapping[Period, str],
) -> list[Line]:
    """The shown readings as rows. Of all others only those up to a year older are looked at, for the comparisons."""
    if not shown:
        return []
    starts = [reading.period_starts_on for reading in shown]
    since, until = min(starts).replace(year=min(starts).year - 1), max(starts)
    near = [reading for reading in readings if since <= reading.period_starts_on <= until]
    lines = lines_of(indicator, near, targets)
    return [replace(lines[reading.pk], signs=signs.get(reading.period, "")) for reading in shown]


def _picture(indicator: Indicator, readings: Sequence[Reading], targets: Sequence[Target]) -> Picture | None:
    """The chart, once there is a figure."""
    chart = chart_for(indicator, readings, targets, indicator.baselines.all())
    return Picture(chart) if chart.marks else None


def _aims(indicator: Indicator, targets: Sequence[Target]) -> list[tuple[Target, str, list[Past]]]:
    """Targets with their words, and what they were before."""
    pasts = pasts_of_targets(indicator, targets)
    return [(one, target_in_words(indicator, one), pasts.get(one.pk, [])) for one in targets]


def _served(indicator: Indicator, user: User) -> dict[str, Any]:
    """The actions and priorities judged by this KPI that the person may see; this app knows no more of them."""
    actions: Any = indicator.actions
    priorities: Any = indicator.priorities
    return {
        "actions": actions.visible_to(user).open().select_related("plan").order_by("-plan__starts_on", "reference"),
        "priorities": priorities.visible_to(user).open().select_related("plan").order_by("-plan__starts_on", "number"),
    }


def _about(indicator: Indicator) -> list[dict[str, Any]]:
    """What the KPI is, as names and values."""
    unit = indicator.get_unit_display()
    if indicator.unit == Unit.RATE and indicator.rate_per:
        unit = f"Rate per {indicator.rate_per:,}"
    frequency = indicator.get_frequency_display()
    if indicator.frequency in (Frequency.YEAR, Frequency.ONE_OFF):
        frequency = f"{frequency}, due in Q{indicator.due_quarter}"
    whole = indicator.part_of
    rows = [
        {"key": "Definition", "value": indicator.definition},
        {"key": "Why it matters", "value": indicator.why},
        {"key": "Source", "value": indicator.source},
        {"key": "Unit", "value": unit},
        {"key": "Which way is better", "value": indicator.get_polarity_display()},
        {"key": "Reported", "value": frequency},
        {"key": "Owner", "value": indicator.owner.name if indicator.owner else ""},
        {"key": "Agency", "value": indicator.agency.name if indicator.agency else ""},
    ]
    return rows + ([{"key": "Part of", "value": str(whole), "url": whole.get_absolute_url()}] if whole else [])


def _counted_by_the_police(indicator: Indicator, readings: Sequence[Reading]) -> str:
    """The crime types in words, if the KPI's figures come from police data or some of them did."""
    series = getattr(indicator, "police_series", None)
    if series is None:
        return ""
    is_credited = any(reading.source == services.POLICE_SOURCE for reading in readings)
    return str(series) if series.archived_at is None or is_credited else ""


def _periods_to_fill(indicator: Indicator, readings: Sequence[Reading], today: date) -> list[tuple[str, str, bool]]:
    """The periods that have begun, newest first, for the picker: code, words, and which one is meant first."""
    filled = {reading.period: reading for reading in readings}
    found = []
    for kind in KINDS_OFFERED[Frequency(indicator.frequency)]:
        period = Period.containing(kind, today)
        for _ in range(PERIODS_OFFERED[kind]):
            found.append(period)
            period = period.previous
    first = found[0] if found[1] in filled else found[1]  # the period just ended, until it has its figure
    return [(one.code, _in_picker(one, filled.get(one)), one == first) for one in found]


def _in_picker(period: Period, reading: Reading | None) -> str:
    if reading is None:
        return str(period)
    return (
        f"{period}: has a figure" if reading.value is not None else f"{period}: {reading.get_state_display().lower()}"
    )


def _periods_to_aim_at(indicator: Indicator, today: date) -> list[tuple[str, str, bool]]:
    """The periods a target may be set for: last, this and next year, and their quarters or months."""
    this = FinancialYear.containing(today)
    found = [Period.of_year(year) for year in (this, this.next, this.previous)]
    if indicator.frequency in (Frequency.MONTH, Frequency.QUARTER):
        part = Period.containing(PeriodKind(indicator.frequency), this.starts_on)
        while part.ends_on <= this.next.ends_on:
            found.append(part)
            part = part.next
    return [(one.code, str(one), one == found[0]) for one in found]
