"""One cell of the grid: a figure as people type it, or a word for why there is none."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from indicators.forms.cells import Typed, cell_as_typed, parse_cell
from indicators.values import Qualifier, ReadingState, RollUp, Unit

FINAL, PROVISIONAL, AWAITED = ReadingState.FINAL, ReadingState.PROVISIONAL, ReadingState.AWAITED
NUMBER, PER_CENT, POUNDS, YES_NO = Unit.NUMBER, Unit.PER_CENT, Unit.POUNDS, Unit.YES_NO


@pytest.mark.parametrize(
    ("typed", "unit", "expected"),
    [
        ("1,884", NUMBER, Typed(Decimal(1884))),
        (" 95.9% ", PER_CENT, Typed(Decimal("95.9"))),
        ("£2,000", POUNDS, Typed(Decimal(2000))),
        ("approx 400", NUMBER, Typed(Decimal(400), qualifier=Qualifier.ABOUT)),
        ("0", NUMBER, Typed(Decimal(0))),
        ("No", YES_NO, Typed(Decimal(0))),
        ("1,884 provisional", NUMBER, Typed(Decimal(1884), PROVISIONAL)),
        ("1,884 (provisional)", NUMBER, Typed(Decimal(1884), PROVISIONAL)),
        ("1,884 (p)", NUMBER, Typed(Decimal(1884), PROVISIONAL)),
        ("1,884, prov.", NUMBER, Typed(Decimal(1884), PROVISIONAL)),
        ("provisional: 1,884", NUMBER, Typed(Decimal(1884), PROVISIONAL)),
        ("prov about 400", NUMBER, Typed(Decimal(400), PROVISIONAL, Qualifier.ABOUT)),
        ("Awaited", NUMBER, Typed(state=AWAITED)),
        ("awaiting figures", NUMBER, Typed(state=AWAITED)),
        ("TBC", PER_CENT, Typed(state=AWAITED)),
        ("to follow.", NUMBER, Typed(state=AWAITED)),
        ("(not available)", NUMBER, Typed(state=ReadingState.NOT_AVAILABLE)),
        ("N/A", POUNDS, Typed(state=ReadingState.NOT_AVAILABLE)),
        ("not due", YES_NO, Typed(state=ReadingState.NOT_DUE)),
    ],
)
def test_figures_and_words_are_understood(typed, unit, expected):
    assert parse_cell(typed, unit, RollUp.SUM) == expected


@pytest.mark.parametrize("typed", ["45 of 60", "45/60", "45 out of 60", "45 OF 60"])
def test_a_share_of_two_counts_is_typed_as_two_counts(typed):
    assert parse_cell(typed, PER_CENT, RollUp.RATIO) == Typed(numerator=Decimal(45), denominator=Decimal(60))
    assert parse_cell(f"{typed} provisional", PER_CENT, RollUp.RATIO).state == PROVISIONAL


@pytest.mark.parametrize(
    ("typed", "unit", "roll_up", "sentence"),
    [
        ("lots", NUMBER, RollUp.SUM, "“lots” is not a figure.* Where there is none: awaited, not available or not due"),
        ("none", NUMBER, RollUp.SUM, "“none” may be 0 or no figure at all"),
        ("-", NUMBER, RollUp.SUM, "“-” may be 0 or no figure at all"),
        ("nil (p)", NUMBER, RollUp.SUM, "“nil” may be 0 or no figure at all"),
        ("12%", NUMBER, RollUp.SUM, "this KPI is not measured in per cent"),
        ("45 of 60", PER_CENT, RollUp.LATEST, "is not a figure"),
        ("45 of 0", PER_CENT, RollUp.RATIO, "must not be 0"),
        ("4,5 of 1.2.3", PER_CENT, RollUp.RATIO, "is not a figure"),
        ("perhaps", YES_NO, RollUp.LATEST, "Enter Yes or No"),
        ("provisional", NUMBER, RollUp.SUM, "is not a figure"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence(typed, unit, roll_up, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_cell(typed, unit, roll_up)


def reading(**fields):
    nothing = {"value": None, "numerator": None, "denominator": None, "qualifier": "exactly", "state": "final"}
    return SimpleNamespace(**nothing | {"note": ""} | fields)


SHARE = reading(value=Decimal(75), numerator=Decimal(45), denominator=Decimal(60))


@pytest.mark.parametrize(
    ("row", "unit", "roll_up", "typed"),
    [
        (reading(value=Decimal("1884.0000")), NUMBER, RollUp.SUM, "1,884"),
        (reading(value=Decimal("95.95")), PER_CENT, RollUp.LATEST, "95.95"),
        (reading(value=Decimal(-3)), NUMBER, RollUp.LATEST, "-3"),
        (reading(value=Decimal(400), qualifier="about"), NUMBER, RollUp.SUM, "about 400"),
        (reading(value=Decimal(400), state="provisional"), NUMBER, RollUp.SUM, "400 provisional"),
        (reading(value=Decimal(1)), YES_NO, RollUp.LATEST, "Yes"),
        (
            reading(value=Decimal(75), numerator=Decimal(45), denominator=Decimal(60)),
            PER_CENT,
            RollUp.RATIO,
            "45 of 60",
        ),
        (reading(value=Decimal(75)), PER_CENT, RollUp.RATIO, "75"),
        (reading(state="awaited"), NUMBER, RollUp.SUM, "Awaited"),
        (reading(state="not_available"), NUMBER, RollUp.SUM, "Not available"),
        (reading(state="not_due"), NUMBER, RollUp.SUM, "Not due"),
    ],
)
def test_what_is_on_record_is_shown_as_it_would_be_typed(row, unit, roll_up, typed):
    shown = cell_as_typed(row, unit, roll_up)
    assert shown == typed
    back = parse_cell(shown, unit, roll_up)
    assert (back.state, back.qualifier) == (row.state, row.qualifier)
    assert row.value is None or back.value == row.value or back.numerator == row.numerator
