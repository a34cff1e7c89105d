"""The light: its words, letters and shapes, and how lights are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.rag import RAG, LightCounts, Travel

PAIRS = st.lists(st.tuples(st.sampled_from(RAG), st.booleans()))


@pytest.mark.parametrize(
    ("light", "word", "letter", "css", "is_rated", "is_on_track", "needs_reason"),
    [
        (RAG.RED, "Red", "R", "red", True, False, True),
        (RAG.AMBER, "Amber", "A", "amber", True, False, True),
        (RAG.GREEN, "Green", "G", "green", True, True, False),
        (RAG.COMPLETE, "Complete", "C", "complete", True, True, False),
        (RAG.NOT_RATED, "Not rated", "–", "not-rated", False, False, False),
    ],
)
def test_each_light(light, word, letter, css, is_rated, is_on_track, needs_reason):
    assert (light.label, light.letter, light.css) == (word, letter, css)
    assert (light.is_rated, light.is_on_track, light.needs_reason) == (is_rated, is_on_track, needs_reason)


def test_no_light_is_told_by_colour_alone():
    assert len({light.shape for light in RAG}) == len({light.letter for light in RAG}) == len(RAG)
    assert len({direction.arrow for direction in Travel}) == len({direction.css for direction in Travel}) == len(Travel)


def test_the_seed_counts_leave_the_unrated_row_out_of_the_percentage():
    counts = LightCounts(green=30, red=3, not_rated=1)
    assert (counts.total, counts.rated, counts.on_track) == (34, 33, 30)
    assert counts.percent(counts.on_track) == 91


@pytest.mark.parametrize(
    ("number", "rated", "expected"),
    [(0, 3, 0), (1, 3, 33), (2, 3, 67), (1, 8, 13), (1, 200, 1), (29, 49, 59), (14, 49, 29), (2, 49, 4), (4, 49, 8)],
)
def test_percentages_are_whole_and_round_half_up(number, rated, expected):
    assert LightCounts(green=rated).percent(number) == expected


def test_no_percentage_of_nothing():
    assert LightCounts(not_rated=5).percent(0) is None


def test_a_row_nobody_reported_on_is_not_rated_whatever_its_last_light():
    counts = LightCounts.from_pairs([(RAG.GREEN, True), (RAG.GREEN, False), (RAG.NOT_RATED, True)])
    assert counts == LightCounts(green=1, not_rated=2, not_updated=1)


@given(PAIRS, PAIRS)
def test_counts_of_two_priorities_add_up(one, other):
    both = LightCounts.from_pairs([*one, *other])
    assert LightCounts.from_pairs(one) + LightCounts.from_pairs(other) == both
    assert both.total == len(one) + len(other)
    assert both.not_updated <= both.not_rated
