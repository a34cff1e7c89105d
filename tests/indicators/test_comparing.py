"""How a KPI's newest figure compares: with target, baseline, the period before, last year, and twelve months."""

from decimal import Decimal

import pytest

from csp_tracker.periods import FinancialYear, Period
from indicators import services
from indicators.models import Baseline, Indicator, Reading, Target

QUARTERS = [Period.of_quarter(quarter) for year in (2008, 2009) for quarter in FinancialYear(year).quarters]
Y2008, Y2009 = (Period.of_year(FinancialYear(year)) for year in (2008, 2009))
ASB = {"polarity": "lower", "frequency": "quarter", "roll_up": "sum"}


def rows(indicator, periods, values, **fields):
    found = []
    for period, value in zip(periods, values, strict=False):
        state = "final" if value is not None else "not_available"
        row = Reading(indicator=indicator, value=value and Decimal(value), state=state, **fields)
        row.period = period
        found.append(row)
    return found


def aim(indicator, period, **fields):
    target = Target(indicator=indicator, **fields)
    target.period = period
    return target


def compared(indicator, readings, targets=(), baseline=None):
    return {row.key: (row.travel.arrow, row.words) for row in
            services.comparisons(indicator, readings, targets, baseline)}  # fmt: skip


def test_every_comparison_of_a_finished_year():
    asb = Indicator(**ASB)
    readings = rows(asb, QUARTERS, (530, 500, 500, 500, 480, 470, 470, 464))
    baseline = Baseline(value=Decimal(2030), label="2008/09", is_primary=True)
    found = compared(asb, readings, [aim(asb, Y2009, value=Decimal(1984))], baseline)
    assert found == {
        "Target": ("↑", "1,884 for 2009/10 meets the target of 1,984, better by 100 (5.0%)."),
        "Baseline": ("↑", "1,884 in 2009/10, −7.2% on 2,030 in 2008/09: improved."),
        "Previous quarter": ("↑", "464 in Q4 2009/10, −1.3% on 470 in Q3 2009/10: improved."),
        "Same period last year": ("↑", "464 in Q4 2009/10, −7.2% on 500 in Q4 2008/09: improved."),
        "Rolling 12 months": ("↑", "1,884 in 2009/10, −7.2% on 2,030 in 2008/09: improved."),
    }


def test_worse_points_down_and_the_same_points_ahead():
    asb = Indicator(**ASB)
    readings = rows(asb, QUARTERS, (530, 500, 500, 480, 480, 470, 464, 480))
    found = compared(asb, readings, [aim(asb, QUARTERS[-1], value=Decimal(470))])
    assert found["Target"] == ("↓", "480 misses the target of 470 by 10 (2.1%).")
    assert found["Previous quarter"][0] == "↓"
    assert found["Same period last year"] == ("→", "480 in Q4 2009/10, against 480 in Q4 2008/09: no change.")


def test_a_running_total_meets_a_years_baseline_over_twelve_months():
    asb = Indicator(**ASB)
    readings = rows(asb, QUARTERS[:6], (530, 500, 500, 500, 480, 470))
    baseline = Baseline(value=Decimal(2030), label="2007/08", is_primary=True)
    found = compared(asb, readings, [aim(asb, Y2009, value=Decimal(1984))], baseline)
    assert found["Baseline"] == ("↑", "1,950 in the 12 months to September 2009, −3.9% on 2,030 in 2007/08: improved.")
    assert "Target" not in found  # its year has not ended
    assert "Baseline" not in compared(asb, readings[3:], (), baseline)  # not twelve months yet
    readings[4].value = None
    assert "Baseline" not in compared(asb, readings, (), baseline)  # nor with a gap in them


def test_a_share_meets_any_baseline_and_a_change_of_counting_ends_it():
    share = Indicator(polarity="higher", frequency="quarter", roll_up="latest", unit="per_cent")
    baseline = Baseline(value=Decimal(40), label="2007/08", is_primary=True)
    found = compared(share, rows(share, QUARTERS[:2], (44, 50)), (), baseline)
    assert found["Baseline"] == ("↑", "50% in Q2 2008/09, +10.0 points on 40% in 2007/08: improved.")
    broken = rows(share, QUARTERS[:2], (44, 50))
    broken[1].series_break = True
    assert compared(share, broken, (), baseline)["Baseline"] == (
        "–", "50% in Q2 2008/09. Change not rated: what is counted changed in Q2 2008/09."
    )  # fmt: skip


@pytest.mark.parametrize("label", ["2009/10", "2010/11", "before the scheme"])
def test_a_baseline_of_no_earlier_period_is_left_out(label):
    share = Indicator(polarity="higher", frequency="quarter", roll_up="latest")
    readings = rows(share, QUARTERS[:5], (1, 2, 3, 4, 5))
    assert "Baseline" not in compared(share, readings, (), Baseline(value=Decimal(2030), label=label))


def test_what_is_only_monitored_has_no_arrow_and_no_target():
    counted = Indicator(**ASB | {"polarity": "monitor"})
    found = compared(counted, rows(counted, QUARTERS, (1,) * 7 + (2,)), [aim(counted, Y2009, value=Decimal(5))])
    assert {arrow for arrow, _ in found.values()} == {"–"}
    assert found["Previous quarter"] == ("–", "2 in Q4 2009/10, +100.0% on 1 in Q3 2009/10.")
    assert "Target" not in found


def test_a_kpi_without_figures_or_reported_once_has_nothing_to_compare():
    asb, once = Indicator(**ASB), Indicator(frequency="one_off")
    assert compared(asb, rows(asb, QUARTERS, (None,))) == compared(once, rows(once, [Y2008, Y2009], (1, 2))) == {}
    assert services.forecasts_for(asb, [], [], None) == services.forecasts_for(once, [], [], None) == ()


def test_forecasts_stand_against_the_years_target_and_not_the_quarters():
    asb = Indicator(**ASB)
    readings = rows(asb, QUARTERS[:6], (600, 400, 500, 530, 500, 442))
    targets = [aim(asb, Y2009, value=Decimal(1984)), aim(asb, QUARTERS[5], value=Decimal(450))]
    pro_rata, by_profile = services.as_rows(services.forecasts_for(asb, readings, targets, None))
    assert pro_rata.words == (
        "942 in 6 months; at that rate 1,884 by the end of 2009/10, which would meet the target of 1,984."
    )
    assert by_profile.key == "Forecast, by last year’s profile"
    assert "1,912 by the end of 2009/10" in by_profile.words
    assert not pro_rata.has_way
