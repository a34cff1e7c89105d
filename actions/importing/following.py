"""Which actions of a plan are those of the plan it follows: alike in words, or nearly so under the same reference."""

from collections.abc import Sequence

from actions.importing.matching import pair_up
from actions.models import Action


def propose_pairs(before: Sequence[Action], after: Sequence[Action]) -> dict[int, Action]:
    """For an action of the plan before, by its key, the action of the plan after that is likely to be the same."""
    left, right = ([(action.reference, _words(action)) for action in actions] for actions in (before, after))
    return {before[here].pk: after[there] for here, there in pair_up(left, right).items()}


def _words(action: Action) -> str:
    return f"{action.text} {action.expected_outcome}"
