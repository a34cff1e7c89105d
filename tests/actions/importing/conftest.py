"""The six files of the two real plans, read once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from actions.importing import PlanTree, read_plan

SEEDS = Path(__file__).parents[2] / "seeds"


@cache
def tree_of(name: str) -> PlanTree:
    return read_plan((SEEDS / name).read_bytes(), name)


@pytest.fixture
def seed() -> Callable[[str], PlanTree]:
    """The tree of one of the files in tests/seeds."""
    return tree_of


@pytest.fixture(params=["002_af38b45795a8a453.txt", "maldon-csp-2009-10.docx", "maldon-csp-2009-10.xlsx"])
def plan_2009(request: pytest.FixtureRequest) -> PlanTree:
    """The plan of 2009-10, from each of its files."""
    return tree_of(request.param)


@pytest.fixture(params=["000_0359222028bc5600.txt", "maldon-csp-2015.docx", "maldon-csp-2015.xlsx"])
def plan_2015(request: pytest.FixtureRequest) -> PlanTree:
    """The plan of 2015, from each of its files."""
    return tree_of(request.param)
