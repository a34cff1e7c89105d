"""What the end of a page has cut is put together again."""

import pytest

from actions.importing.joining import Vocabulary, join_cut, join_paragraph, without_continued

WORDS = Vocabulary(["Reduction in fear. Targets/Reductio", "ns in ASB", "underage", "drinking. underage", "no", "No"])


@pytest.mark.parametrize(
    ("above", "below", "expected", "mended"),
    [
        pytest.param("20 Public", "attended. 100", "20 Public attended. 100", "", id="in a sentence"),
        pytest.param("Work is done.", "New work", "Work is done.\nNew work", "", id="behind a sentence"),
        pytest.param("Targets/Reductio", "ns in ASB", "Targets/Reductions in ASB", "Reductions", id="in a word"),
        pytest.param("underage", "drinking.", "underage drinking.", "", id="between two words"),
        pytest.param("Youth Officer –", "Owen Thom", "Youth Officer – Owen Thom", "", id="behind a dash"),
        pytest.param("", "below", "below", "", id="nothing above"),
        pytest.param("above", "", "above", "", id="nothing below"),
    ],
)
def test_a_cut_cell(above, below, expected, mended):
    assert join_cut(above, below, WORDS) == (expected, mended)


def test_a_cell_that_goes_on():
    assert join_paragraph("above", "below") == "above\nbelow"
    assert join_paragraph("", "below") == "below"


@pytest.mark.parametrize(
    ("text", "kept", "is_continued"),
    [
        ("7.1 Cont/d", "7.1", True),
        ("7.5 (Cont /d)", "7.5", True),
        ("timely used (Cont/d)", "timely used", True),
        ("activities Cont/d...", "activities", True),
        ("7.1 cont'd", "7.1", True),
        ("7.1 (continued)", "7.1", True),
        ("Continued links with media", "Continued links with media", False),
        ("Contact the school", "Contact the school", False),
        ("7.1", "7.1", False),
        ("", "", False),
    ],
)
def test_marks_of_continuation(text, kept, is_continued):
    assert without_continued(text) == (kept, is_continued)
