"""Figures in and out of words."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.values import Qualifier, Unit, change_in_words, decimals_apart, in_words, parse_figure

EXACTLY, ABOUT, AT_LEAST, AT_MOST = Qualifier.EXACTLY, Qualifier.ABOUT, Qualifier.AT_LEAST, Qualifier.AT_MOST


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "qualifier", "words"),
    [
        ("1884", Unit.NUMBER, 0, EXACTLY, "1,884"),
        ("15243", Unit.NUMBER, 0, EXACTLY, "15,243"),
        ("0", Unit.NUMBER, 0, EXACTLY, "0"),
        ("-1884", Unit.NUMBER, 0, EXACTLY, "−1,884"),
        ("-0.3", Unit.NUMBER, 0, EXACTLY, "0"),
        ("0.5", Unit.NUMBER, 0, EXACTLY, "1"),
        ("1884.0000", Unit.NUMBER, 0, EXACTLY, "1,884"),
        ("95.9", Unit.PER_CENT, 1, EXACTLY, "95.9%"),
        ("95.95", Unit.PER_CENT, 1, EXACTLY, "96.0%"),
        ("12.25", Unit.RATE, 2, EXACTLY, "12.25"),
        ("2000", Unit.POUNDS, 0, EXACTLY, "£2,000"),
        ("3.5", Unit.POUNDS, 1, EXACTLY, "£3.50"),
        ("-2000.5", Unit.POUNDS, 2, EXACTLY, "−£2,000.50"),
        ("1", Unit.YES_NO, 0, EXACTLY, "Yes"),
        ("0", Unit.YES_NO, 0, EXACTLY, "No"),
        ("400", Unit.NUMBER, 0, ABOUT, "about 400"),
        ("5", Unit.NUMBER, 0, AT_LEAST, "at least 5"),
        ("2000", Unit.POUNDS, 0, AT_MOST, "at most £2,000"),
        ("NaN", Unit.NUMBER, 0, EXACTLY, "NaN"),
        ("1E+400", Unit.NUMBER, 0, EXACTLY, "1E+400"),
    ],
)
def test_a_figure_reads_as_british_readers_expect(value, unit, decimals, qualifier, words):
    assert in_words(Decimal(value), unit, decimals, qualifier) == words


def test_no_figure_is_said_in_words():
    assert in_words(None, Unit.NUMBER) == "no figure"


@pytest.mark.parametrize(("value", "words"), [("-7.1921", "−7.2%"), ("3.3", "+3.3%"), ("0", "0.0%")])
def test_a_change_carries_its_sign(value, words):
    assert change_in_words(Decimal(value)) == words


@pytest.mark.parametrize(
    ("one", "other", "decimals", "expected"),
    [("95.94", "95.9", 1, 2), ("95.9", "95.9", 1, 1), ("1884", "1984", 0, 0), ("1", "1.00001", 0, 4)],
)
def test_different_figures_are_printed_apart(one, other, decimals, expected):
    assert decimals_apart(Decimal(one), Decimal(other), decimals) == expected


@pytest.mark.parametrize(
    ("typed", "value", "qualifier"),
    [
        ("1,884", "1884", EXACTLY),
        (" 1884 ", "1884", EXACTLY),
        ("1 884", "1884", EXACTLY),
        ("1\u00a0884", "1884", EXACTLY),
        ("0", "0", EXACTLY),
        ("-0", "0", EXACTLY),
        (".5", "0.5", EXACTLY),
        ("95.9%", "95.9", EXACTLY),
        ("95.9 per cent", "95.9", EXACTLY),
        ("−7.2%", "-7.2", EXACTLY),
        ("+3.3%", "3.3", EXACTLY),
        ("£2,000", "2000", EXACTLY),
        ("£2,000.50", "2000.50", EXACTLY),
        ("-£5", "-5", EXACTLY),
        ("£-5", "-5", EXACTLY),
        ("£3.5k", "3500", EXACTLY),
        ("£1.2 million", "1200000", EXACTLY),
        ("approx 400", "400", ABOUT),
        ("Approx. 400", "400", ABOUT),
        ("about £2,000", "2000", ABOUT),
        ("c. 400", "400", ABOUT),
        ("c400", "400", ABOUT),
        ("~400", "400", ABOUT),
        ("400 approx", "400", ABOUT),
        ("5+", "5", AT_LEAST),
        ("at least 5", "5", AT_LEAST),
        ("20 or more", "20", AT_LEAST),
        ("≥ 95%", "95", AT_LEAST),
        ("up to 10", "10", AT_MOST),
        ("no more than 10", "10", AT_MOST),
        ("<5", "5", AT_MOST),
    ],
)
def test_a_figure_is_read_as_people_type_it(typed, value, qualifier):
    assert parse_figure(typed) == (Decimal(value), qualifier)


@pytest.mark.parametrize(
    "typed",
    [
        "TBC",
        "1,88",
        "12,34,567",
        "1234567,890",
        "12 shops",
        "1-2",
        "1e5",
        "NaN",
        "Infinity",
        "£",
        "%",
        "approx",
        "+",
        "٣",
        "--5",
        "-£-5",
        "5 6",
        "New Initiative",
        "New\x00",
        "=1+1",
        "1,884 – TARGET MET",
        "20 Public attended. 100 attended.",
    ],
)
def test_words_are_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match=r"is not a figure. Write it in digits, such as 1,884, 95\.9% or about 400\."):
        parse_figure(typed)


@pytest.mark.parametrize(
    ("typed", "unit", "sentence"),
    [
        ("", None, "Enter a figure."),
        ("   ", Unit.NUMBER, "Enter a figure."),
        ("7%", Unit.NUMBER, "is a percentage, and this KPI is not"),
        ("£7", Unit.NUMBER, "is in pounds, and this KPI is not"),
        ("£7", Unit.PER_CENT, "is in pounds, and this KPI is not"),
        ("£7%", None, "mixes pounds and per cent"),
        ("7%", Unit.POUNDS, "mixes pounds and per cent"),
        ("perhaps", Unit.YES_NO, "Enter Yes or No"),
        ("9" * 15, None, "too large"),
        ("9" * 4000, None, "too large"),
        ("1.23456", None, "more than four decimal places"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(typed, unit, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        parse_figure(typed, unit)
    assert len(str(refused.value)) < 160


@pytest.mark.parametrize(("typed", "value"), [("Yes", 1), ("no", 0), ("Y", 1), ("No.", 0)])
def test_a_yes_or_no_kpi_is_answered(typed, value):
    assert parse_figure(typed, Unit.YES_NO) == (Decimal(value), EXACTLY)


@given(
    st.decimals(min_value=-(10**13), max_value=10**13, places=4),
    st.sampled_from([Unit.NUMBER, Unit.PER_CENT, Unit.POUNDS, Unit.RATE, Unit.SCORE]),
    st.sampled_from(Qualifier),
)
def test_what_is_printed_can_be_typed_again(value, unit, qualifier):
    assert parse_figure(in_words(value, unit, 4, qualifier), unit) == (value, qualifier)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(typed):
    with suppress(ValueError):
        assert parse_figure(typed)[0].is_finite()


@given(st.decimals(), st.sampled_from(Unit), st.integers(0, 4))
def test_any_number_can_be_printed(value, unit, decimals):
    assert in_words(value, unit, decimals)
