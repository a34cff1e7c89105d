"""Actions of a file find those of a plan: by their words first, by their number where the words are alike."""

from collections import Counter
from itertools import product
from random import Random

import pytest

from actions.importing import matching
from actions.importing.matching import ALIKE, SAME_NUMBER, pair_up

WALK = "Hold a summer walk through the parks with the police"
LIGHT = "Light the path between the station and the school by winter"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        pytest.param([("1.1", WALK)], [("1.1", WALK)], {0: 0}, id="the same"),
        pytest.param([("1.1", WALK)], [("1.7", WALK)], {0: 0}, id="under another number"),
        pytest.param([("1.1", WALK)], [("1.1", LIGHT)], {}, id="a number used again for something else"),
        pytest.param(
            [("1.1", WALK), ("1.2", LIGHT)], [("1.1", LIGHT), ("1.2", WALK)], {0: 1, 1: 0}, id="numbers exchanged"
        ),
        pytest.param(
            [("1.1", "Hold two autumn walks through all parks of Maldon with police")],
            [("1.1", WALK)],
            {0: 0},
            id="much reworded under its number",
        ),
        pytest.param(
            [("1.9", "Hold two autumn walks through all parks of Maldon with police")],
            [("1.1", WALK)],
            {},
            id="much reworded under another number",
        ),
        pytest.param([("1.2", WALK)], [("1.1", WALK), ("1.2", WALK)], {0: 1}, id="twice the same words: by number"),
        pytest.param([("1.1", "")], [("1.1", "")], {}, id="no words"),
        pytest.param([], [("1.1", WALK)], {}, id="nothing in the file"),
    ],
)
def test_who_finds_whom(left, right, expected):
    assert pair_up(left, right) == expected


def every_pair_scored(left, right):
    """The rule without any short cut: each with each."""

    def words(text):
        return Counter(text.split())

    scores = []
    for (here, (number, text)), (there, (other, written)) in product(enumerate(left), enumerate(right)):
        if both := words(text).total() + words(written).total():
            score = 2 * (words(text) & words(written)).total() / both
            if score >= ALIKE:
                scores.append((-score - (SAME_NUMBER if number == other else 0), here, there))
    chosen = {}
    for _, here, there in sorted(scores):
        if here not in chosen and there not in chosen.values():
            chosen[here] = there
    return chosen


def test_short_cuts_change_nothing(monkeypatch):
    monkeypatch.setattr(matching, "REWORDED", ALIKE)
    random = Random(9)
    vocabulary = [f"word{number}" for number in range(30)] + ["the", "of", "and", "a"] * 10
    found = 0
    for _ in range(60):
        left = {f"1.{random.randint(1, 20)}": random.choices(vocabulary, k=random.randint(0, 12)) for _ in range(12)}
        other = {number: [word for word in words if random.random() > 0.2] for number, words in left.items()}
        other |= {f"1.{random.randint(1, 30)}": random.choices(vocabulary, k=random.randint(0, 12)) for _ in range(6)}
        here = [(number, " ".join(words)) for number, words in left.items()]
        there = [(number, " ".join(words)) for number, words in other.items()]
        random.shuffle(there)
        pairs = pair_up(here, there)
        assert pairs == every_pair_scored(here, there)
        found += len(pairs)
    assert found > 300
