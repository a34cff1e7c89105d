"""Which actions of a file are those of a plan that is here: by words first, for numbers get reused and shifted."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from actions.importing.branches import ActionRead
from actions.importing.tree import PlanTree
from actions.models import Action, Plan
from actions.querysets import ActionQuerySet
from csp_tracker.models import Partnership
from csp_tracker.periods import FinancialYear

ALIKE = 0.6  # of two actions: twice the words they share, over the words of both
SAME_NUMBER = 0.1  # what the same reference adds to words that are alike already
SAME_PLAN = 0.5  # of two plans: the actions they share, over those of the longer one
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Match:
    """A plan that is here, with the actions of the file that it has or had, those it lacks and those the file lacks."""

    plan: Plan
    pairs: tuple[tuple[ActionRead, Action], ...]
    new: tuple[ActionRead, ...]
    missing: tuple[Action, ...]
    archived: tuple[tuple[ActionRead, Action], ...] = ()  # what was put away here is not brought back by a file

    @property
    def likeness(self) -> float:
        """The part of the longer of the two that both have."""
        longer = self.shared + max(len(self.new), len(self.missing))
        return self.shared / longer if longer else 0.0

    @property
    def shared(self) -> int:
        """How many actions of the file are in the plan, archived or not."""
        return len(self.pairs) + len(self.archived)


def find_plan(tree: PlanTree, partnership: Partnership, year: FinancialYear | None = None) -> Match | None:
    """The partnership's plan that the file seems to be, if one is alike enough; a year that was stated must be its."""
    plans = partnership.plans.filter(archived_at__isnull=True)
    asked = {plan.pk: plan for plan in plans if year is None or year in plan.years}
    known = defaultdict(list)
    for action in _known(Action.objects.filter(plan__in=asked)):
        action.plan = asked[action.plan_id]
        known[action.plan_id].append(action)
    matches = [_match_with(tree, plan, known[key]) for key, plan in asked.items()]
    best = max(matches, key=lambda match: match.likeness, default=None)
    return best if best is not None and best.likeness >= SAME_PLAN else None


def match_with(tree: PlanTree, plan: Plan) -> Match:
    """Every action of the file beside the action of the plan that it is, each at most once, in the file's order.

    What is open is matched first: an archived action does not stand in for the one that took its place.
    """
    return _match_with(tree, plan, list(_known(plan.actions.all())))


def _known(actions: ActionQuerySet) -> ActionQuerySet:
    return actions.select_related("objective__priority").prefetch_related("indicators").in_plan_order()


def _match_with(tree: PlanTree, plan: Plan, known: list[Action]) -> Match:
    pairs, left, missing = _match(list(tree.actions()), [action for action in known if action.archived_at is None])
    archived, new, _ = _match(left, [action for action in known if action.archived_at is not None])
    return Match(plan=plan, pairs=tuple(pairs), new=tuple(new), missing=tuple(missing), archived=tuple(archived))


def _match(
    read: list[ActionRead], there: list[Action]
) -> tuple[list[tuple[ActionRead, Action]], list[ActionRead], list[Action]]:
    """The pairs, what only the file has, and what only the plan has."""
    chosen = pair_up(
        [(action.reference, _of_file(action)) for action in read],
        [(action.reference, _of_plan(action)) for action in there],
    )
    taken = set(chosen.values())
    return (
        [(read[here], there[chosen[here]]) for here in sorted(chosen)],
        [action for index, action in enumerate(read) if index not in chosen],
        [action for index, action in enumerate(there) if index not in taken],
    )


def pair_up(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> dict[int, int]:
    """The likeliest partner of each (reference, words), by index; the most alike are joined first."""
    left_words = [_words(text) for _, text in left]
    right_words = [_words(text) for _, text in right]
    scores = []
    for here, there, shared in _overlaps(left_words, right_words):
        score = 2 * shared / (left_words[here].total() + right_words[there].total())
        if score >= ALIKE:
            score += SAME_NUMBER if left[here][0] == right[there][0] else 0
            scores.append((-score, here, there))
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for _, here, there in sorted(scores):
        if here not in chosen and there not in taken:
            chosen[here] = there
            taken.add(there)
    return chosen


def squeezed(words: str) -> str:
    """The words without white space: two files of one plan break their lines, and even words, in different places."""
    return "".join(words.split())


def _overlaps(left: Sequence[Counter], right: Sequence[Counter]) -> Iterable[tuple[int, int, int]]:
    """(index, index, number of shared words) of every two that share any."""
    holders = defaultdict(list)
    for there, words in enumerate(right):
        for word, number in words.items():
            holders[word].append((there, number))
    for here, words in enumerate(left):
        shared: Counter[int] = Counter()
        for word, number in words.items():
            for there, other in holders[word]:
                shared[there] += min(number, other)
        for there, count in shared.items():
            yield here, there, count


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.casefold()))


def _of_file(action: ActionRead) -> str:
    return f"{action.text} {action.expected_outcome} {action.indicator}"


def _of_plan(action: Action) -> str:
    return " ".join([action.text, action.expected_outcome, *(one.name for one in action.indicators.all())])
