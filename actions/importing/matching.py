"""Which actions of a file are those of a plan that is here: by words first, for numbers get reused and shifted."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from actions.importing.branches import ActionRead
from actions.importing.tree import PlanTree
from actions.models import Action, Plan
from actions.querysets import ActionQuerySet
from csp_tracker.models import Partnership
from csp_tracker.periods import FinancialYear

ALIKE = 0.6  # of two actions: twice the words they share, over the words of both
REWORDED = 0.4  # the same of two that have the same number
SAME_NUMBER = 0.1  # what the same reference adds to words that are alike already
SAME_PLAN = 0.5  # of two plans: the actions they share, over those of the longer one
ROUNDING = 1e-9  # a bound that is met exactly is met
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
    by_number = {reference: there for there, (reference, _) in enumerate(right)}
    same_number = {
        here: by_number[reference]
        for here, (reference, _) in enumerate(left)
        if reference in by_number and left_words[here] and right_words[by_number[reference]]
    }
    # Nothing can be more alike than the same words under the same number: most of a file that was hardly changed.
    chosen = {here: there for here, there in same_number.items() if left_words[here] == right_words[there]}
    taken = set(chosen.values())
    scores = []
    for here, there in _worth_comparing(left_words, right_words, same_number, chosen):
        words, others = left_words[here], right_words[there]
        score = 2 * (words & others).total() / (words.total() + others.total())
        has_same_number = same_number.get(here) == there
        if score >= (REWORDED if has_same_number else ALIKE):
            scores.append((-score - (SAME_NUMBER if has_same_number else 0), here, there))
    for _, here, there in sorted(scores):
        if here not in chosen and there not in taken:
            chosen[here] = there
            taken.add(there)
    return chosen


def squeezed(words: str) -> str:
    """The words without white space: two files of one plan break their lines, and even words, in different places."""
    return "".join(words.split())


def _worth_comparing(
    left: Sequence[Counter], right: Sequence[Counter], same_number: Mapping[int, int], chosen: Mapping[int, int]
) -> Iterable[tuple[int, int]]:
    """The indexes of every two that can be alike: those of one number, and those that share enough of the rarer words.

    Two that are alike share so many words that some are among the rarer ones. What all actions of a long plan have in
    common need not be looked up.
    """
    holders = defaultdict(list)
    for there in set(range(len(right))) - set(chosen.values()):
        for word, number in right[there].items():
            holders[word].append((there, number))
    lengths = [words.total() for words in right]
    for here in set(range(len(left))) - set(chosen):
        rarest = sorted(left[here].elements(), key=lambda word: len(holders.get(word, ())))
        common = ceil(ALIKE / (2 - ALIKE) * len(rarest) - ROUNDING) - 1  # so many alone do not make two alike
        shared: Counter[int] = Counter()
        for word, number in Counter(rarest[: len(rarest) - common]).items():
            for there, other in holders.get(word, ()):
                shared[there] += min(number, other)
        found = {
            there
            for there, count in shared.items()
            if 2 * (count + common) >= ALIKE * (len(rarest) + lengths[there]) - ROUNDING
        }
        for there in found | ({same_number[here]} if here in same_number else set()):
            yield here, there


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.casefold()))


def _of_file(action: ActionRead) -> str:
    return f"{action.text} {action.expected_outcome} {action.indicator}"


def _of_plan(action: Action) -> str:
    return " ".join([action.text, action.expected_outcome, *(one.name for one in action.indicators.all())])
