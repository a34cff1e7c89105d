import pytest

from actions.pointers import pointers
from csp_tracker.rag import RAG

WORDS = "Two events were held."
WITHOUT_WORDS = "Green without words that say what was done"
ALL_RED = "Green while every KPI of the action is red"
ALIKE = "The same light and the same words for three quarters"


def said(rag=RAG.GREEN, progress=WORDS, **more):
    return pointers(rag=rag, progress=progress, **more)


@pytest.mark.parametrize("words", ["", "  \n", "N/A", "None.", "As above", "TBC", "–"])
def test_green_needs_words(words):
    assert said(progress=words) == [WITHOUT_WORDS]


@pytest.mark.parametrize("rag", [RAG.RED, RAG.AMBER, RAG.COMPLETE, RAG.NOT_RATED])
def test_other_lights_are_not_asked_for_words(rag):
    assert said(rag, "") == []


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        pytest.param([RAG.RED], [ALL_RED], id="the only one"),
        pytest.param([RAG.RED, RAG.RED], [ALL_RED], id="both"),
        pytest.param([RAG.RED, RAG.NOT_RATED], [ALL_RED], id="every one that is rated"),
        pytest.param([RAG.RED, RAG.AMBER], [], id="not all"),
        pytest.param([RAG.NOT_RATED], [], id="none rated"),
        pytest.param([], [], id="no KPI"),
        pytest.param(["red"], [ALL_RED], id="as stored"),
    ],
)
def test_green_while_every_kpi_is_red(measured, expected):
    assert said(measured=measured) == expected


@pytest.mark.parametrize(
    ("progress", "found"),
    [
        ("The funding was withdrawn in May.", "withdrawn"),
        ("The event was CANCELLED.", "CANCELLED"),
        ("It was canceled.", "canceled"),
        ("There are no resources for it.", "no resources"),
        ("We have no\nfunding left.", "no funding"),
        ("The work is on hold.", "on hold"),
        ("It is not going ahead.", "not going ahead"),
    ],
)
def test_green_beside_words_of_giving_up(progress, found):
    assert said(progress=progress) == [f"Green beside the words “{found}”"]


@pytest.mark.parametrize("progress", ["The withdrawal of consent forms was eased.", "Resources are there.", WORDS])
def test_words_that_only_sound_like_it_are_left_alone(progress):
    assert said(progress=progress) == []


def test_words_of_giving_up_are_found_in_the_work_needed_too():
    assert said(work_needed="Cancelled until the spring.") == ["Green beside the words “Cancelled”"]


def test_red_beside_words_of_giving_up_is_as_it_should_be():
    assert said(RAG.RED, "The funding was withdrawn.") == []


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        pytest.param([(RAG.GREEN, WORDS)] * 2, [ALIKE], id="three quarters"),
        pytest.param([(RAG.GREEN, WORDS)] * 5, [ALIKE], id="longer"),
        pytest.param([(RAG.GREEN, " two EVENTS\nwere held")] * 2, [ALIKE], id="but for spaces and capitals"),
        pytest.param([(RAG.GREEN, WORDS)], [], id="only two quarters"),
        pytest.param([(RAG.GREEN, WORDS), (RAG.AMBER, WORDS)], [], id="another light"),
        pytest.param([(RAG.GREEN, WORDS), (RAG.GREEN, "Other words")], [], id="other words"),
    ],
)
def test_the_same_for_three_quarters(earlier, expected):
    assert said(earlier=earlier) == expected


@pytest.mark.parametrize(
    ("rag", "suggested", "reason", "expected"),
    [
        pytest.param(RAG.GREEN, RAG.AMBER, "", "Green is reported where amber was suggested", id="better"),
        pytest.param(RAG.NOT_RATED, RAG.RED, "", "No light is reported where red was suggested", id="none"),
        pytest.param(RAG.GREEN, RAG.AMBER, "The date moves.", None, id="with a reason"),
        pytest.param(RAG.GREEN, RAG.GREEN, "", None, id="as suggested"),
        pytest.param(RAG.GREEN, RAG.NOT_RATED, "", None, id="nothing suggested"),
        pytest.param(RAG.GREEN, None, "", None, id="an imported one"),
        pytest.param(RAG.COMPLETE, RAG.AMBER, "", None, id="done, which no date can know"),
    ],
)
def test_other_than_suggested_without_a_reason(rag, suggested, reason, expected):
    found = said(rag, suggested=suggested, rag_reason=reason)
    assert found == ([f"{expected}, without a reason"] if expected else [])
