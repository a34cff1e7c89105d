"""KPIs, their figures and their schemes change through services: whole, in somebody's name, never over each other."""

from datetime import date
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Foreign
from indicators import services
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from indicators.services import figures, readings
from indicators.services.measuring import Series
from tests.builders import (
    QUARTER,
    make_agency,
    make_baseline,
    make_indicator,
    make_manager,
    make_member,
    make_officer,
    make_partnership,
    make_reading,
    make_scheme,
    make_target,
)

pytestmark = pytest.mark.django_db
YEAR = Period.of_year(FinancialYear(2009))
PERIOD = Period.of_quarter(QUARTER)


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


@pytest.fixture
def indicator(partnership):
    return make_indicator(partnership)


@pytest.fixture
def unchecked(monkeypatch):
    """Only the database itself refuses a row, as for two people who save in the same moment."""
    for model in (Reading, Target):
        monkeypatch.setattr(model, "validate_unique", Mock())
        monkeypatch.setattr(model, "validate_constraints", Mock())


def record(indicator, value="1,884", **fields):
    defaults = {"period": PERIOD, "by": fields.pop("by", None) or make_officer(indicator.partnership)}
    return services.record_reading(indicator=indicator, value=value, **defaults | fields)


# The acid test -------------------------------------------------------------------------------------------------------


@pytest.fixture
def asb(partnership, manager):
    """The one fully quantified KPI of the plan of 2009/10: fewer is better."""
    indicator = services.create_indicator(partnership=partnership, name="ASB incidents", polarity="lower", by=manager)
    services.add_baseline(indicator=indicator, label="2008/09", value=Decimal(2030), is_primary=True, by=manager)
    services.set_target(indicator=indicator, period=YEAR, value=Decimal(1984), by=manager)
    return indicator


def test_fewer_incidents_than_the_target_are_green_and_say_why(asb, partnership, manager):
    scheme = services.set_scheme(partnership=partnership, effective_from=date(2009, 4, 1), by=manager)
    reading = record(asb, "1,884", period=YEAR, by=manager)
    assert reading.value == 1884
    assert reading.rating == RAG.GREEN
    assert reading.rating_why == (
        "1,884 meets the target of 1,984, better by 100 (5.0%). −7.2% from the baseline of 2,030 (2008/09). "
        "Lower is better."
    )
    assert reading.scheme == scheme


def test_a_later_scheme_never_changes_a_light_already_given(asb, partnership, manager):
    first = services.set_scheme(partnership=partnership, effective_from=date(2009, 4, 1), by=manager)
    reading = record(asb, period=YEAR, by=manager)
    harsher = {"amber_tolerance": Decimal(-10), "green_tolerance": Decimal(-20)}
    services.set_scheme(partnership=partnership, effective_from=date(2010, 2, 1), by=manager, **harsher)
    services.set_scheme(
        partnership=partnership, effective_from=date(2010, 1, 1), compare_with="same_period_last_year", by=manager
    )
    reading.refresh_from_db()
    assert (reading.rating, reading.scheme) == (RAG.GREEN, first)
    revised = record(asb, "1,990", period=YEAR, version=1, reason="Two months were late.", by=manager)
    assert (revised.rating, revised.scheme) == (RAG.AMBER, first)


def test_rating_again_is_an_act_of_its_own_with_a_reason(asb, partnership, manager):
    reading = record(asb, period=YEAR, by=manager)
    new = services.set_scheme(
        partnership=partnership, effective_from=date(2010, 1, 1), compare_with="same_period_last_year", by=manager
    )
    with pytest.raises(services.ReasonMissing):
        services.rate_again(reading=reading, version=1, reason=" ", by=manager)
    again = services.rate_again(reading=reading, version=1, reason="The committee asked for it.", by=manager)
    assert (again.rating, again.scheme) == (RAG.NOT_RATED, new)
    assert again.history.first().history_change_reason == "The committee asked for it."
    with pytest.raises(Conflict):
        services.rate_again(reading=reading, version=1, reason="Once more.", by=manager)


# Readings ------------------------------------------------------------------------------------------------------------


def test_without_a_scheme_of_its_own_a_partnership_has_the_standard_one(indicator):
    make_target(indicator, value=1900)
    reading = record(indicator, "1,950")
    assert (reading.rating, reading.scheme) == (RAG.AMBER, None)


def test_a_figure_is_stored_with_one_history_row_naming_the_person(indicator):
    officer = make_officer(indicator.partnership)
    reading = record(indicator, "about 400", by=officer)
    assert (reading.value, reading.qualifier, reading.first_value) == (400, "about", 400)
    assert [row.history_user for row in reading.history.all()] == [officer]
    assert reading.entered_by == officer


def test_words_are_no_figure_and_leave_nothing(indicator):
    with pytest.raises(services.NotAFigure, match="Write it in digits"):
        record(indicator, "TARGET MET")
    assert not Reading.objects.exists()


def test_a_percentage_is_no_number_of_incidents(indicator):
    with pytest.raises(services.NotAFigure, match="not measured in per cent"):
        record(indicator, "95.9%")


@pytest.mark.parametrize("state", ["awaited", "not_available", "not_due"])
def test_an_honest_word_has_no_value_and_no_light(indicator, state):
    reading = record(indicator, None, state=state)
    assert (reading.value, reading.rating, reading.scheme) == (None, RAG.NOT_RATED, None)
    assert reading.rating_why.startswith("Not rated: ")


@pytest.mark.parametrize(("value", "state"), [("5", "awaited"), (None, "final"), ("", "provisional")])
def test_a_figure_and_a_word_for_none_exclude_each_other(indicator, value, state):
    with pytest.raises(services.NoFigure):
        record(indicator, value, state=state)


def test_a_nought_is_a_figure(indicator):
    make_target(indicator, value=0)
    assert record(indicator, 0).rating == RAG.GREEN


def test_a_revision_keeps_the_first_figure_and_says_who_and_why(indicator, manager):
    record(indicator, "1,884")
    second = record(indicator, "1,901", version=1, reason="Late recording.", by=manager)
    third = record(indicator, "1,899", version=2, reason="Counted twice.", by=manager)
    assert (second.first_value, third.first_value) == (1884, 1884)
    last = third.history.first()
    assert (last.history_user, last.history_change_reason) == (manager, "Counted twice.")
    assert third.history.count() == 3


def test_a_revision_needs_a_reason_and_leaves_nothing_without(indicator):
    record(indicator, "1,884")
    with pytest.raises(services.ReasonMissing):
        record(indicator, "1,901", version=1)
    reading = Reading.objects.get()
    assert (reading.value, reading.version, reading.history.count()) == (1884, 1, 1)


def test_withdrawing_a_figure_needs_a_reason_too(indicator):
    record(indicator, "1,884")
    with pytest.raises(services.ReasonMissing):
        record(indicator, None, state="not_available", version=1)
    gone = record(indicator, None, state="not_available", version=1, reason="It was another district's.")
    assert (gone.value, gone.first_value, gone.rating) == (None, 1884, RAG.NOT_RATED)


def test_an_awaited_figure_arrives_without_a_reason(indicator):
    record(indicator, None, state="awaited")
    assert record(indicator, "12", version=1).first_value == 12


def test_a_note_may_be_added_without_a_reason_and_changes_no_light(indicator):
    make_target(indicator, value=1900)
    first = record(indicator, "1,884")
    make_target(indicator, Period.of_year(QUARTER.financial_year), value=1)
    second = record(indicator, "1,884", version=1, note="Counted by hand.")
    assert (second.note, second.rating_why, second.version) == ("Counted by hand.", first.rating_why, 2)


def test_the_same_again_writes_nothing(indicator):
    record(indicator, "1,884", note="By hand.")
    again = record(indicator, Decimal("1884.0"), version=1)
    assert (again.version, again.note, again.history.count()) == (1, "By hand.", 1)


def test_of_two_savers_the_second_is_shown_the_first_ones_figure(indicator):
    record(indicator, "1,884")
    with pytest.raises(Conflict) as refused:
        record(indicator, "1,901", version=0)
    assert refused.value.theirs.value == 1884
    with pytest.raises(Conflict):
        record(indicator, "1,901", version=7, reason="Late.")
    assert Reading.objects.get().value == 1884


def test_two_first_figures_at_once_make_a_conflict_not_a_second_row(indicator, unchecked):
    """The other one commits between our look and our insert: the database refuses ours, in words."""
    theirs = make_reading(indicator, PERIOD, value=5)
    late = Reading(indicator=indicator, value=6, entered_by=theirs.entered_by)
    late.period = PERIOD
    with pytest.raises(Conflict) as refused:
        readings._write(late, by=theirs.entered_by, reason="")
    assert refused.value.theirs == theirs
    assert Reading.objects.get().value == 5


def test_an_archived_kpi_takes_no_figures(indicator, manager):
    indicator = services.archive_indicator(indicator=indicator, reason="No longer counted.", by=manager)
    with pytest.raises(services.IndicatorArchived):
        record(indicator, "5")


def test_a_share_is_worked_out_from_its_parts(partnership):
    indicator = make_indicator(partnership, unit="per_cent", roll_up="ratio", polarity="higher")
    reading = record(indicator, None, numerator=Decimal(47), denominator=Decimal(49))
    assert (reading.value, reading.numerator) == (Decimal("95.9184"), 47)
    with pytest.raises(services.ReasonMissing):
        record(indicator, "90", version=1)
    assert record(indicator, "90", version=1, reason="Recounted.").numerator is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit"),
    [
        pytest.param("99999999999999", "0.0001", "rate", id="more digits than a Decimal keeps"),
        pytest.param("99999999999999.9999", "0.0001", "per_cent", id="more than a column holds"),
        pytest.param("1E+40", "1E-40", "number", id="beyond counting"),
        pytest.param("NaN", "1", "number", id="not a number"),
        pytest.param("sNaN", "1", "number", id="not a number, said loudly"),
        pytest.param("1", "Infinity", "number", id="of infinitely many"),
        pytest.param("1", "0", "number", id="of none"),
    ],
)
def test_a_share_that_is_no_figure_is_refused_in_words(partnership, numerator, denominator, unit):
    indicator = make_indicator(partnership, unit=unit, roll_up="ratio", rate_per=2_000_000_000)
    with pytest.raises(services.NotAFigure, match="make no figure"):
        record(indicator, None, numerator=Decimal(numerator), denominator=Decimal(denominator))
    assert not indicator.readings.exists()


def test_a_series_break_ends_comparisons_across_it(partnership):
    make_scheme(partnership, compare_with="previous_period")
    indicator = make_indicator(partnership)
    record(indicator, "100", period=PERIOD.previous)
    broken = record(indicator, "300", series_break=True, series_break_words="Online reports count too.")
    assert broken.rating == RAG.NOT_RATED
    assert "has changed since" in broken.rating_why
    after = record(indicator, "290", period=PERIOD.next)
    assert after.rating == RAG.GREEN


def test_a_series_break_without_words_is_refused(indicator):
    with pytest.raises(ValidationError, match="Say what changed in the counting"):
        record(indicator, "5", series_break=True)


def test_a_baseline_before_a_break_is_not_compared_with(partnership):
    make_scheme(partnership, compare_with="baseline")
    indicator = make_indicator(partnership)
    make_baseline(indicator, label="2024/25", is_primary=True)
    long_ago = Period.of_quarter(Quarter(2023, 4))
    make_reading(indicator, long_ago, series_break=True, series_break_words="New system.")
    year = Period.of_year(FinancialYear(2025))
    assert record(indicator, "5", period=year).rating == RAG.GREEN
    make_reading(indicator, PERIOD, series_break=True, series_break_words="Newer system.")
    assert "has changed since" in record(indicator, "5", period=year.next).rating_why


def test_a_years_target_is_measured_by_the_sum_of_its_quarters(partnership):
    indicator = make_indicator(partnership)
    year = FinancialYear(2024)
    make_target(indicator, Period.of_year(year), value=100)
    first, second, third, fourth = (Period.of_quarter(quarter) for quarter in year.quarters)
    early = record(indicator, "20", period=first)
    assert early.rating == RAG.NOT_RATED
    assert "forecast" in early.rating_why
    record(indicator, "30", period=second)
    assert "no figure for the whole of it" in record(indicator, "30", period=fourth).rating_why
    record(indicator, "25", period=third)
    final = record(indicator, "24", period=fourth, version=1, reason="Recounted.")
    assert final.rating == RAG.GREEN
    assert final.rating_why.startswith("99 for 2024/25")


@pytest.mark.parametrize(
    ("roll_up", "expected"), [("sum", 60), ("latest", 30), ("average", 20), ("maximum", 30), ("ratio", 50)]
)
def test_quarters_make_a_year_so_far_by_the_kpis_own_rule(partnership, roll_up, expected):
    indicator = make_indicator(partnership, roll_up=roll_up, unit="per_cent")
    quarters = [Period.of_quarter(Quarter(2025, number)) for number in (1, 2, 3)]
    for period, value in zip(quarters, (10, 20, 30), strict=True):
        reading = make_reading(indicator, period, value=value, numerator=value, denominator=40)
    assert Series.before(reading).so_far(quarters[-1], Period.of_year(FinancialYear(2025))) == expected


def test_last_years_months_are_compared_up_to_the_same_month(partnership):
    make_scheme(partnership, amber_tolerance=0, amber_if_no_worse=True)
    indicator = make_indicator(partnership)
    make_target(indicator, Period.of_year(FinancialYear(2025)), value=10)
    for year in (2024, 2025):
        for quarter in FinancialYear(year).quarters[:3]:
            make_reading(indicator, Period.of_quarter(quarter), value=10)
    last = Quarter(2025, 4)
    make_reading(indicator, Period.of_quarter(last.same_last_year), value=10)
    assert record(indicator, "10", period=Period.of_quarter(last)).rating == RAG.AMBER


# KPIs ----------------------------------------------------------------------------------------------------------------


def test_a_kpi_is_made_with_its_history(partnership, manager):
    indicator = services.create_indicator(partnership=partnership, name="Burglaries", unit="number", by=manager)
    assert [row.history_user for row in indicator.history.all()] == [manager]


@pytest.mark.parametrize("name", ["agency", "part_of"])
def test_a_kpi_takes_nothing_of_another_partnership(partnership, manager, indicator, name):
    foreign = {"agency": make_agency(), "part_of": make_indicator()}[name]
    before = Indicator.objects.count()
    with pytest.raises(Foreign):
        services.create_indicator(partnership=partnership, name="Burglaries", by=manager, **{name: foreign})
    with pytest.raises(Foreign):
        services.change_indicator(indicator=indicator, version=1, by=manager, **{name: foreign})
    assert Indicator.objects.count() == before
    indicator.refresh_from_db()
    assert getattr(indicator, name) is None


def test_an_owner_is_a_current_member_who_does_more_than_read(partnership, manager, indicator):
    viewer = make_member(partnership, "viewer")
    for stranger in (make_officer(make_partnership()), make_member(partnership, ends_on=date(2020, 1, 1)), viewer):
        with pytest.raises(services.NotAMember):
            services.change_indicator(indicator=indicator, version=1, owner=stranger, by=manager)
    owner = make_officer(partnership)
    changed = services.change_indicator(indicator=indicator, version=1, owner=owner, by=manager)
    assert changed.owner == owner


RATED_BY = {
    "unit": "per_cent", "rate_per": 1000, "decimals": 2, "polarity": "higher", "roll_up": "latest",
    "frequency": "month", "due_quarter": 2,
}  # fmt: skip


@pytest.mark.parametrize("name", RATED_BY)
def test_what_decides_a_light_changes_with_a_reason_once_there_is_a_figure(manager, indicator, name):
    change = {"indicator": indicator, "version": 1, "by": manager, name: RATED_BY[name]}
    make_reading(indicator)
    with pytest.raises(services.ReasonMissing, match="Enter why the KPI changes"):
        services.change_indicator(**change, reason=" ")
    assert indicator.history.count() == 1
    services.change_indicator(**change, reason="As the police count it.")
    assert indicator.history.first().history_change_reason == "As the police count it."


def test_before_the_first_figure_no_reason_is_asked_nor_for_words(manager, indicator):
    changed = services.change_indicator(indicator=indicator, version=1, by=manager, polarity="higher")
    make_reading(indicator)
    services.change_indicator(indicator=changed, version=2, by=manager, polarity="higher", why="It matters.")
    assert indicator.history.count() == 3


def test_an_owner_who_has_left_does_not_stop_other_changes(partnership, manager):
    leaver = make_member(partnership, ends_on=date(2020, 1, 1))
    indicator = make_indicator(partnership, owner=leaver)
    services.change_indicator(indicator=indicator, version=1, owner=leaver, name="New name", by=manager)
    indicator.refresh_from_db()
    assert indicator.name == "New name"


def test_a_kpi_is_no_part_of_its_own_parts(partnership, manager, indicator):
    part = make_indicator(partnership, part_of=indicator)
    for whole in (indicator, part):
        with pytest.raises(services.PartOfItself):
            services.change_indicator(indicator=indicator, version=1, part_of=whole, by=manager)


def test_of_two_editors_the_second_is_told(indicator, manager):
    services.change_indicator(indicator=indicator, version=1, name="First", by=manager)
    with pytest.raises(Conflict) as refused:
        services.change_indicator(indicator=indicator, version=1, name="Second", by=manager)
    assert refused.value.theirs.name == "First"


def test_a_refused_change_leaves_the_row_in_hand_untouched(partnership, indicator, manager):
    make_indicator(partnership, reference="K-TAKEN")
    name = indicator.name
    with pytest.raises(ValidationError, match="has this reference"):
        services.change_indicator(indicator=indicator, version=1, reference="K-TAKEN", name="New", by=manager)
    assert indicator.name == name
    assert indicator.history.count() == 1


def test_archiving_needs_a_reason_and_can_be_undone(indicator, manager):
    with pytest.raises(services.ReasonMissing):
        services.archive_indicator(indicator=indicator, reason="", by=manager)
    archived = services.archive_indicator(indicator=indicator, reason="No longer counted.", by=manager)
    assert archived not in Indicator.objects.open()
    assert services.restore_indicator(indicator=archived, by=manager) in Indicator.objects.open()
    assert indicator.history.count() == 3


def test_a_column_the_kpi_does_not_have_is_a_mistake_of_the_caller(indicator, manager):
    for change in (
        lambda: services.change_indicator(indicator=indicator, version=1, by=manager, partnership=None),
        lambda: services.add_baseline(indicator=indicator, by=manager, figure=1),
        lambda: services.set_target(indicator=indicator, period=PERIOD, by=manager, figure=1),
        lambda: services.set_scheme(
            partnership=indicator.partnership, effective_from=date(2025, 4, 1), by=manager, colour=1
        ),
        lambda: record(indicator, 1, rating=RAG.GREEN),
    ):
        with pytest.raises(TypeError):
            change()


# Baselines and targets -----------------------------------------------------------------------------------------------


def test_baselines_stand_in_the_order_they_came(indicator, manager):
    for text in ("20 public attended", "100 attended", "Stakeholders attended"):
        services.add_baseline(indicator=indicator, text=text, by=manager)
    assert [baseline.position for baseline in indicator.baselines.all()] == [0, 1, 2]


def test_baselines_stand_in_order_though_somebody_has_read_them_before(indicator, manager):
    (read,) = Indicator.objects.prefetch_related("baselines").filter(pk=indicator.pk)
    for text in ("20 public attended", "100 attended"):
        services.add_baseline(indicator=read, text=text, by=manager)
    assert sorted(Baseline.objects.values_list("position", flat=True)) == [0, 1]


def test_a_new_primary_baseline_takes_the_place_of_the_old(indicator, manager):
    old = services.add_baseline(indicator=indicator, value=Decimal(2030), is_primary=True, by=manager)
    new = services.add_baseline(indicator=indicator, value=Decimal(1900), by=manager)
    services.change_baseline(baseline=new, version=1, is_primary=True, by=manager)
    old.refresh_from_db()
    assert (old.is_primary, Baseline.objects.get(is_primary=True)) == (False, new)
    assert old.history.first().history_user == manager


def test_a_baseline_is_version_checked(indicator, manager):
    baseline = services.add_baseline(indicator=indicator, text="New initiative", state="new_initiative", by=manager)
    services.change_baseline(baseline=baseline, version=1, text="None before", by=manager)
    with pytest.raises(Conflict):
        services.change_baseline(baseline=baseline, version=1, text="Something else", by=manager)


def test_a_target_once_set_changes_only_with_a_reason(indicator, manager):
    target = services.set_target(indicator=indicator, period=PERIOD, value=Decimal(100), by=manager)
    with pytest.raises(services.ReasonMissing):
        services.set_target(indicator=indicator, period=PERIOD, value=Decimal(90), by=manager)
    services.set_target(indicator=indicator, period=PERIOD, value=Decimal(90), reason="Agreed in May.", by=manager)
    target.refresh_from_db()
    assert target.value == 90
    assert target.history.first().history_change_reason == "Agreed in May."
    assert Target.objects.count() == 1


def test_the_same_target_again_writes_nothing(indicator, manager):
    services.set_target(indicator=indicator, period=PERIOD, value=Decimal(100), by=manager)
    assert services.set_target(indicator=indicator, period=PERIOD, value=Decimal(100), by=manager).version == 1


def test_a_target_is_version_checked_where_the_page_says_what_it_saw(indicator, manager):
    services.set_target(indicator=indicator, period=PERIOD, value=Decimal(100), by=manager, version=0)
    with pytest.raises(Conflict) as refused:
        services.set_target(indicator=indicator, period=PERIOD, value=Decimal(90), by=manager, version=0)
    assert refused.value.theirs.value == 100


def test_two_first_targets_at_once_make_a_conflict(indicator, manager, unchecked):
    make_target(indicator, PERIOD, value=5)

    with pytest.raises(Conflict):
        figures._new_target(Target(indicator=indicator, value=6), PERIOD, by=manager, reason="")
    assert Target.objects.get().value == 5


def test_of_two_first_targets_the_second_is_shown_the_first(indicator, manager):
    """The other one commits between our look and our insert; the database says so, and the rule's own sentence."""
    theirs = make_target(indicator, PERIOD, value=5)
    with pytest.raises(Conflict) as refused:
        figures._new_target(Target(indicator=indicator, value=6), PERIOD, by=manager, reason="")
    assert refused.value.theirs == theirs


def test_a_target_nobody_else_set_is_refused_for_its_own_fault(indicator, manager):
    with pytest.raises(ValidationError, match="The band must begin below its end"):
        services.set_target(indicator=indicator, period=PERIOD, low=Decimal(9), high=Decimal(1), by=manager)


def test_a_figure_takes_the_place_of_a_band_and_a_band_that_of_a_figure(indicator, manager):
    """Or the KPI, once better within a band and now the higher the better, is rated by the band nobody sees."""
    services.set_target(indicator=indicator, period=PERIOD, low=Decimal(10), high=Decimal(20), by=manager)
    given = {"indicator": indicator, "period": PERIOD, "reason": "Agreed.", "by": manager}
    target = services.set_target(value=Decimal(30), **given)
    assert (target.value, target.low, target.high) == (30, None, None)
    target = services.set_target(low=Decimal(10), high=None, **given)
    assert (target.value, target.low, target.high) == (None, 10, None)


# Schemes -------------------------------------------------------------------------------------------------------------


def test_the_scheme_in_force_is_the_kpis_own_else_the_partnerships_latest(partnership, manager, indicator):
    old = services.set_scheme(partnership=partnership, effective_from=date(2020, 4, 1), by=manager)
    new = services.set_scheme(partnership=partnership, effective_from=date(2024, 4, 1), by=manager)
    own = services.set_scheme(partnership=partnership, indicator=indicator, effective_from=date(2022, 4, 1), by=manager)
    make_scheme(effective_from=date(2023, 4, 1))
    other = make_indicator(partnership)
    assert services.scheme_for(indicator, date(2020, 3, 31)) is None
    assert services.scheme_for(indicator, date(2022, 3, 31)) == old
    assert services.scheme_for(indicator, date(2025, 1, 1)) == own
    assert services.scheme_for(other, date(2025, 1, 1)) == new


def test_a_scheme_for_another_partnerships_kpi_is_refused(partnership, manager):
    with pytest.raises(Foreign):
        services.set_scheme(
            partnership=partnership, indicator=make_indicator(), effective_from=date(2025, 4, 1), by=manager
        )
    assert not RatingScheme.objects.exists()


def test_a_second_scheme_from_the_same_day_is_refused_in_words(partnership, manager):
    services.set_scheme(partnership=partnership, effective_from=date(2025, 4, 1), by=manager)
    with pytest.raises(ValidationError, match="already has a scheme from that date"):
        services.set_scheme(partnership=partnership, effective_from=date(2025, 4, 1), by=manager)


# Figures for a quarter -----------------------------------------------------------------------------------------------


def test_the_quarters_own_figure_speaks_for_it_then_its_latest_month_then_the_year(partnership):
    quarterly, monthly, yearly, empty = (
        make_indicator(partnership, frequency=frequency) for frequency in ("quarter", "month", "year", "quarter")
    )
    own = make_reading(quarterly)
    make_reading(quarterly, Period.of_quarter(QUARTER.previous))
    make_reading(monthly, Period(date(2025, 5, 1), PeriodKind.MONTH))
    june = make_reading(monthly, Period(date(2025, 6, 1), PeriodKind.MONTH))
    make_reading(monthly, Period(date(2025, 7, 1), PeriodKind.MONTH))
    of_year = make_reading(yearly, Period.of_year(FinancialYear(2025)))
    everything = [quarterly, monthly, yearly, empty]
    found = services.figures_for(everything, QUARTER)
    assert found == {quarterly.pk: own, monthly.pk: june, yearly.pk: None, empty.pk: None}
    assert services.figures_for(everything, Quarter(2025, 4))[yearly.pk] == of_year


def test_figures_for_a_quarter_are_one_query(partnership, django_assert_num_queries):
    indicators = [make_reading(make_indicator(partnership)).indicator for _ in range(3)]
    with django_assert_num_queries(1):
        services.figures_for(indicators, QUARTER)
