"""A baseline's words give a figure only where it is certain; the words are always kept."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.importing.figures import BaselineRead, offer_figures, read_baselines, split_measures, split_sentences
from indicators.values import BaselineState, Polarity, Qualifier

SIX_COUNTS = (
    "9 x New Orders. 5 x Completed. 15 x Abandoned. "
    "9 x in programme Women . 5 x Welfare Referrals. 3 x Open Referrals ."
)
BASELINE_7_2 = "2008/09 ASB Incidents 2030 Target 09/10 1984"
PROGRESS_7_2 = "Reduction in youth nuisance. Data FROM 1.4.09 – 31.3.10 1884 – TARGET MET. Operation Crossbow"


def figures(text: str) -> list[tuple[int, str, str]]:
    """Value, label and what it counts of each figure in the words."""
    return [(read.value, read.label, read.of_what) for read in read_baselines(text) if read.value is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("12 Articles in Press folder.", [(12, "", "Articles in Press folder")], id="1.1 first"),
        pytest.param("2008/09 Website Hits:- 15243", [(15243, "2008/09", "Website Hits")], id="1.1 second"),
        pytest.param(
            "20 Public attended. 100 attended. Stakeholders attended.",
            [(20, "", "Public attended"), (100, "", "attended")],
            id="1.1 third",
        ),
        pytest.param("8 Initiatives", [(8, "", "Initiatives")], id="2.1"),
        pytest.param("6", [(6, "", "")], id="3.2"),
        pytest.param("0", [(0, "", "")], id="5.5: nought is a value"),
        pytest.param("160 surveys completed", [(160, "", "surveys completed")], id="5.1"),
        pytest.param("1800 students 2008/09", [(1800, "2008/09", "students")], id="5.3"),
        pytest.param(
            SIX_COUNTS,
            [
                (9, "", "New Orders"),
                (5, "", "Completed"),
                (15, "", "Abandoned"),
                (9, "", "in programme Women"),
                (5, "", "Welfare Referrals"),
                (3, "", "Open Referrals"),
            ],
            id="6.1: six counts of different things",
        ),
        pytest.param(BASELINE_7_2, [(2030, "2008/09", "ASB Incidents")], id="7.2: the target is no baseline"),
        pytest.param("5+", [(5, "", "")], id="7.3"),
        pytest.param("No. database - 127 2008/09", [(127, "2008/09", "No. database")], id="7.4"),
        pytest.param(
            "Baseline 2007/08 12 ABC's Baseline 2008/09 18 ABC's.",
            [(12, "2007/08", "ABC's"), (18, "2008/09", "ABC's")],
            id="7.5: two years",
        ),
        pytest.param("1 Event 4 Attended", [(1, "", "Event"), (4, "", "Attended")], id="3.1: two in one sentence"),
        pytest.param(
            "1 Event 150 Children attended (Feb 2009)",
            [(1, "", "Event"), (150, "Feb 2009", "Children attended")],
            id="2.2: a month behind its figure",
        ),
        pytest.param(
            "50 x letters to parents 184 x Database", [(50, "", "letters to parents"), (184, "", "Database")], id="4.2"
        ),
        pytest.param("1,234.5 hits", [(Decimal("1234.5"), "", "hits")], id="thousands and decimals"),
        pytest.param("98.5%", [(Decimal("98.5"), "", "")], id="per cent"),
        pytest.param("£3,500 agreed", [(3500, "", "agreed")], id="pounds"),
    ],
)
def test_a_certain_figure_is_read_with_its_year_and_what_it_counts(text, expected):
    assert figures(text) == expected
    assert {read.state for read in read_baselines(text)} == {BaselineState.STATED}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kerry News Tesco Express, Heybridge Tesco Express, One Stop Mcolls", id="4.1: a list of shops"),
        pytest.param("3 out of 5 schools", id="a share"),
        pytest.param("12 of 40", id="another share"),
        pytest.param("children aged 10-18", id="an age range"),
        pytest.param("in 2008", id="a year"),
        pytest.param("2008/09", id="a financial year"),
        pytest.param("23.2.09", id="a date"),
        pytest.param("29 th September 2009", id="a written date"),
        pytest.param("Kool 2b Kind", id="inside a word"),
        pytest.param("Ring 0162185447712 or 01621", id="telephone numbers"),
        pytest.param("Target 5", id="a target only"),
    ],
)
def test_other_numbers_are_no_figures_and_the_words_stay(text):
    assert [(read.value, read.text) for read in read_baselines(text)] == [(None, text)]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param("New Initiative", BaselineState.NEW_INITIATIVE, id="1.2 and 8.3"),
        pytest.param("New initiative.", BaselineState.NEW_INITIATIVE, id="6.4"),
        pytest.param("No baseline Open road to provide No. requests– made to open road.", BaselineState.NONE, id="5.4"),
        pytest.param("Baseline 08/09 Needed Baseline not available.", BaselineState.NOT_AVAILABLE, id="6.2"),
        pytest.param("TBC", BaselineState.AWAITED, id="to be confirmed"),
        pytest.param("NYA", BaselineState.AWAITED, id="not yet available"),
        pytest.param("Awaiting Police Figures", BaselineState.AWAITED, id="awaited"),
        pytest.param("n/a", BaselineState.NONE, id="not applicable"),
    ],
)
def test_words_that_say_there_is_no_figure(text, state):
    (read,) = read_baselines(text)
    assert (read.state, read.value, read.text, read.is_primary) == (state, None, text, False)


@pytest.mark.parametrize("text", ["", "  \n", "-", "–", "--"])
def test_a_blank_cell_states_nothing(text):
    assert read_baselines(text) == []


def test_words_without_a_figure_stand_beside_the_figures():
    reads = read_baselines("20 Public attended. 100 attended. Stakeholders attended.")
    assert reads[2] == BaselineRead(text="Stakeholders attended.")


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("5+", Qualifier.AT_LEAST),
        ("at least 5", Qualifier.AT_LEAST),
        ("over 5 events", Qualifier.AT_LEAST),
        ("approx 400 students", Qualifier.ABOUT),
        ("c. 400", Qualifier.ABOUT),
        ("up to 30", Qualifier.AT_MOST),
        ("fewer than 30 incidents", Qualifier.AT_MOST),
        ("30 incidents", Qualifier.EXACTLY),
    ],
)
def test_how_exactly_a_figure_is_stated(text, qualifier):
    (read,) = read_baselines(text)
    assert (read.qualifier, read.text) == (qualifier, text)


@pytest.mark.parametrize(
    ("text", "primary"),
    [
        pytest.param("8 Initiatives", [8], id="the only figure"),
        pytest.param("Baseline 2007/08 12 ABC's Baseline 2008/09 18 ABC's.", [18], id="7.5: the later year"),
        pytest.param("18 ABC's 2008/09. 12 ABC's 2007/08", [18], id="the later year stands first"),
        pytest.param(SIX_COUNTS, [], id="6.1: none of six different things"),
        pytest.param("New Initiative", [], id="no figure"),
        pytest.param("5 events. 6 events.", [], id="two of the same without a year"),
    ],
)
def test_the_baseline_to_compare_with(text, primary):
    assert [read.value for read in read_baselines(text) if read.is_primary] == primary


def test_figures_of_7_2_are_offered():
    offer = offer_figures(BASELINE_7_2, PROGRESS_7_2)
    assert offer is not None
    assert (offer.baseline, offer.target, offer.outturn) == (2030, 1984, 1884)
    assert (offer.baseline_label, offer.target_label) == ("2008/09", "2009/10")
    assert (offer.polarity, offer.change_percent, offer.is_met) == (Polarity.LOWER, Decimal("-7.2"), True)
    assert offer.sentence == "baseline 2,030 (2008/09); target 1,984 (2009/10); outturn 1,884, met"


@pytest.mark.parametrize(
    ("baseline", "progress", "outturn", "is_met"),
    [
        pytest.param("2008/09 40 events Target 50", "60 – TARGET MET", 60, True, id="more is better"),
        pytest.param("2008/09 40 events Target 50", "45 – target not met", 45, False, id="missed"),
        pytest.param("2008/09 40 events Target 50", "Going well", None, None, id="no outturn in the words"),
        pytest.param(BASELINE_7_2, "1984 – TARGET MET", 1984, True, id="exactly the target"),
    ],
)
def test_an_outturn_is_offered_where_the_words_set_it_against_the_target(baseline, progress, outturn, is_met):
    offer = offer_figures(baseline, progress)
    assert offer is not None
    assert (offer.outturn, offer.is_met) == (outturn, is_met)


@pytest.mark.parametrize("baseline", ["", "8 Initiatives", "New Initiative", "Target 5", SIX_COUNTS, "2030 Target TBC"])
def test_without_a_certain_baseline_and_target_nothing_is_offered(baseline):
    assert offer_figures(baseline, PROGRESS_7_2) is None


def test_a_baseline_of_nought_has_no_change_in_per_cent():
    offer = offer_figures("0 events Target 5", "6 – TARGET MET")
    assert offer is not None
    assert (offer.change_percent, offer.is_met) == (None, True)
    assert offer.to_json()["change_percent"] is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param(
            "% increase in number of articles published. Increase number of hits on www.maldoncsp.co.uk",
            2,
            id="1.1",
        ),
        pytest.param("No. of events. No. of people attending public event. No. of consultations.", 3, id="1.1 third"),
        pytest.param("No of meetings attended. Level of participation. Police Activity", 3, id="8.3"),
        pytest.param("No. Students attending workshops.", 1, id="an abbreviation is no end"),
        pytest.param("", 0, id="blank"),
    ],
)
def test_measures_of_one_cell(text, count):
    assert len(split_measures(text)) == count


@given(st.text())
def test_reading_never_breaks_and_never_loses_words(text):
    reads = read_baselines(text)
    kept = "".join("".join(read.text.split()) for read in reads)
    if reads:
        assert set("".join(text.split())) <= set(kept)
    assert sum(read.is_primary for read in reads) <= 1
    assert all(read.value is None or read.state is BaselineState.STATED for read in reads)


@given(st.text())
def test_sentences_keep_every_letter(text):
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


@given(st.integers(0, 999_999), st.sampled_from(["incidents", "Events", "x letters"]))
def test_a_plain_count_is_read_as_it_stands(number, things):
    assert figures(f"{number} {things}")[0][0] == number
