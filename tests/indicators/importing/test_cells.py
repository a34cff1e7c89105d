"""What single cells of a table of KPIs say: figures, words for none, targets, periods, lights, ways."""

from decimal import Decimal

import pytest

from csp_tracker.grids import Cell
from csp_tracker.periods import FinancialYear
from csp_tracker.rag import RAG
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.kinds import are_fractions, read_polarity
from indicators.importing.names import are_alike, reference_key
from indicators.importing.published import are_lights, read_published
from indicators.importing.stated import read_stated
from indicators.importing.targets import read_target
from indicators.importing.whens import names_quarter_end, read_when
from indicators.values import Polarity, ReadingState, TargetKind, Unit

NOTHING = IndicatorDecisions()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("412", "412"), ("1,884", "1884"), ("95.9%", "95.9"), ("0.959", "0.959"), ("£2,000", "2000"), ("0", "0"),
        ("0%", "0"), ("nil", "0"), ("412*", "412"), ("412 [note 1]", "412"), ("34 days", "34"), ("−7.2%", "-7.2"),
        ("412 ↑", "412"), ("about 400", "400"), ("18.5 per 1,000", "18.5"), ("12.3333333333333", "12.3333"),
        ("2.3k", "2300"), ("Yes", "1"), ("3 burglaries in May", "3"),
    ],
)  # fmt: skip
def test_figures(text, value):
    assert read_stated(text).value == Decimal(value)


@pytest.mark.parametrize("text", ["", "  ", "-", "–", "—", "--", "...", "/"])
def test_dashes_and_blanks_state_nothing(text):
    assert read_stated(text) is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("n/a", ReadingState.NOT_AVAILABLE), ("N/A", ReadingState.NOT_AVAILABLE),
        ("No data", ReadingState.NOT_AVAILABLE),
        ("#DIV/0!", ReadingState.NOT_AVAILABLE), ("#N/A", ReadingState.NOT_AVAILABLE), ("TBC", ReadingState.AWAITED),
        ("NYA", ReadingState.AWAITED), ("Data awaited", ReadingState.AWAITED),
        ("not yet available", ReadingState.AWAITED),
        ("Annual", ReadingState.NOT_DUE), ("Reported in Q4", ReadingState.NOT_DUE), ("Not due", ReadingState.NOT_DUE),
    ],
)  # fmt: skip
def test_words_for_no_figure(text, state):
    read = read_stated(text)
    assert (read.value, read.state, read.words) == (None, state, text)


@pytest.mark.parametrize("text", ["On track", "See comment", "Q1: 34", "12 and 14", "3 / 12 / 09", "up"])
def test_other_words_are_no_figure(text):
    read = read_stated(text)
    assert (read.value, read.is_readable) == (None, False)


def test_a_provisional_figure_says_so():
    assert [read_stated(text).state for text in ("412 (p)", "412 provisional", "412")] == [
        ReadingState.PROVISIONAL, ReadingState.PROVISIONAL, ReadingState.FINAL,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["95.4% (62/65)", "62/65", "62 out of 65", "95.4 (62 of 65)"])
def test_a_share_with_its_parts(text):
    read = read_stated(text)
    assert (read.numerator, read.denominator) == (62, 65)


def test_a_year_in_brackets_is_no_share():
    read = read_stated("45 (2022/23)")
    assert (read.value, read.numerator, read.beside) == (45, None, "2022/23")


@pytest.mark.parametrize(
    ("text", "unit", "value", "polarity"),
    [
        ("400", Unit.NUMBER, "400", None), ("<400", Unit.NUMBER, "400", Polarity.LOWER),
        ("No more than 12", Unit.NUMBER, "12", Polarity.LOWER), ("≥95%", Unit.PER_CENT, "95", Polarity.HIGHER),
        ("Reduce to 400", Unit.NUMBER, "400", Polarity.LOWER), ("400 by March", Unit.NUMBER, "400", None),
        ("no fewer than 5", Unit.NUMBER, "5", Polarity.HIGHER), ("1984 (09/10)", Unit.NUMBER, "1984", None),
    ],
)  # fmt: skip
def test_targets_that_are_figures(text, unit, value, polarity):
    target = read_target(text, unit)
    assert (target.value, target.polarity, target.words) == (Decimal(value), polarity, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5% reduction", -5), ("-5%", -5), ("Increase of 3%", 3), ("reduction of 3% on 2023/24", -3), ("+2%", 2)],
)
def test_targets_that_are_changes(text, value):
    target = read_target(text, Unit.NUMBER)
    assert (target.kind, target.value) == (TargetKind.PER_CENT_CHANGE, value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("TBC", Unit.NUMBER), ("Maintain", Unit.NUMBER), ("Reduce by 20", Unit.NUMBER), ("5%", Unit.NUMBER),
     ("increase by 2%", Unit.PER_CENT), ("10 walks and 4 talks", Unit.NUMBER)],
)  # fmt: skip
def test_targets_that_stay_words(text, unit):
    target = read_target(text, unit)
    assert (target.figures, target.words, target.is_monitored) == ((), text, False)


@pytest.mark.parametrize("text", ["", "-", "n/a", "None", "No target"])
def test_no_target(text):
    assert read_target(text, Unit.NUMBER) is None


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("Q2 2024/25", "2024-25-Q2"), ("Quarter 2 2024-25 Actual", "2024-25-Q2"), ("Jan–Mar 2025", "2024-25-Q4"),
        ("Q2 (Jul - Sep 2024)", "2024-25-Q2"), ("Oct 24 – Dec 24", "2024-25-Q3"), ("Apr-24", "2024-04"),
        ("1 April 2024", "2024-04"), ("2024-04", "2024-04"), ("2023-24", "2023-24-year"), ("FY24/25", "2024-25-year"),
        ("April 2024 to March 2025", "2024-25-year"), ("2011-12", "2011-12-year"),
        ("third quarter 2009/10", "2009-10-Q3"),
    ],
)  # fmt: skip
def test_periods_in_words(words, period):
    assert read_when(words)[0].period().code == period


@pytest.mark.parametrize(("words", "period"), [("Q4", "2024-25-Q4"), ("January", "2025-01"), ("April", "2024-04")])
def test_the_year_may_come_from_elsewhere(words, period):
    when = read_when(words)[0]
    assert when.period() is None
    assert when.period(FinancialYear(2024)).code == period


@pytest.mark.parametrize("words", ["This quarter", "Year to date", "figures may change", "Market", "Target", "2024"])
def test_words_that_name_no_period(words):
    assert read_when(words)[0].period(FinancialYear(2024)) is None


def test_only_a_date_that_something_is_at_closes_a_quarter():
    assert str(names_quarter_end("Position as at 30 September 2024")) == "Q2 2024/25"
    assert names_quarter_end("Report to the committee of 12 November 2024") is None


@pytest.mark.parametrize(
    ("words", "rag"),
    [
        ("Green", RAG.GREEN), ("G", RAG.GREEN), ("On target", RAG.GREEN), ("Target met", RAG.GREEN),
        ("Not met", RAG.RED), ("Target not met", RAG.RED), ("Not achieved", RAG.RED), ("Missed", RAG.RED),
        ("Slightly below target", RAG.AMBER), ("Just missed", RAG.AMBER), ("Within tolerance", RAG.AMBER),
        ("Grey", RAG.NOT_RATED), ("No target", RAG.NOT_RATED), ("Data only", RAG.NOT_RATED), ("n/a", RAG.NOT_RATED),
        ("TBC", RAG.NOT_RATED), ("● Amber", RAG.AMBER),
    ],
)  # fmt: skip
def test_lights_in_words(words, rag):
    light = read_published(Cell(text=words), NOTHING)
    assert (light.rag, light.word, light.is_known) == (rag, words, True)


@pytest.mark.parametrize("words", ["Blue", "Below target", "Above target", "Mauve", "Green or Amber"])
def test_unknown_lights_are_never_green(words):
    light = read_published(Cell(text=words), NOTHING)
    assert (light.rag, light.is_known) == (RAG.NOT_RATED, False)


def test_a_person_may_say_what_a_word_means():
    said = IndicatorDecisions.from_json({"lights": {"Blue": "green"}})
    assert read_published(Cell(text=" BLUE "), said).rag is RAG.GREEN


def test_a_colour_alone_is_a_light_and_one_colour_alone_is_decoration():
    green, amber, blue = Cell(fill="00B050"), Cell(fill="FFC000"), Cell(fill="0070C0")
    assert read_published(green, NOTHING).rag is RAG.GREEN
    assert read_published(blue, NOTHING) is None
    assert are_lights([green, amber, blue])
    assert not are_lights([green, green, blue])


@pytest.mark.parametrize(
    ("words", "polarity"),
    [
        ("Low", Polarity.LOWER), ("Smaller is better", Polarity.LOWER), ("Aim to minimise", Polarity.LOWER),
        ("↓", Polarity.LOWER),
        ("Minimise", Polarity.LOWER), ("H", Polarity.HIGHER), ("Bigger is Better", Polarity.HIGHER),
        ("Better when higher", Polarity.HIGHER), ("Within range", Polarity.BAND), ("Monitor", Polarity.MONITOR),
        ("N/A", Polarity.MONITOR), ("", None), ("Police", None),
    ],
)  # fmt: skip
def test_which_way_is_better_in_words(words, polarity):
    assert read_polarity(words) is polarity


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        pytest.param([("0.959", False), ("0.93", False)], [True, True], id="all bare and small"),
        pytest.param([("0.959", False), ("95", True)], [True, False], id="beside a figure with its sign"),
        pytest.param([("0.8", False), ("1.2", False)], [False, False], id="really under one per cent"),
        pytest.param([("0", False), ("0.9", False)], [False, True], id="nought is nought"),
        pytest.param([("1", False), ("0.97", False)], [True, True], id="one is all of it"),
        pytest.param([("1", False), ("0", False)], [False, False], id="nothing says which"),
    ],
)
def test_fractions_among_percentages(figures, expected):
    assert are_fractions([(Decimal(value), is_share) for value, is_share in figures]) == expected


def test_references_spelt_otherwise_are_one_and_numbers_stay_apart():
    assert len({reference_key(one) for one in ("CS 1", "cs1", "CS-1", "CS1.")}) == 1
    assert len({reference_key(one) for one in ("1.1", "11", "1.10", "1-1")}) == 4


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ASB incidents", "Number of ASB incidents reported", True),
        ("Incidents of ASB", "ASB incidents", True),
        ("Burglaries of dwellings", "School visits", False),
        ("Violence with injury", "Violence without injury", True),
    ],
)
def test_names_that_may_be_one_kpi_s(one, other, expected):
    assert are_alike(one, other) is expected
