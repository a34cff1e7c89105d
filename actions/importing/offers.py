"""What the words of an action seem to say beyond their columns: offered to a person, never done unasked."""

import re
from collections.abc import Iterator, Sequence

from actions.carrying import CARRIED, YEAR
from actions.importing.branches import ActionRead
from actions.importing.columns import Meaning
from actions.importing.period import year_named
from actions.importing.tree import Heading, Offer, OfferKind
from csp_tracker.periods import FinancialYear
from csp_tracker.text import one_line
from indicators.importing.figures import FiguresOffer, offer_figures, split_measures, split_sentences

YEAR_WRITTEN = re.compile(rf"({YEAR})")


def offers_of(action: ActionRead, headings: Sequence[Heading] = ()) -> Iterator[Offer]:
    """Carrying forward said only in words, several measures in one cell, and figures with target and outturn."""
    carried = None if action.carried_forward else _carried_in_words(action)
    if carried:
        to_year = _year(carried)
        yield Offer(
            OfferKind.CARRIED_FORWARD,
            action.reference,
            f"{action.reference} says “{carried}”: mark it as carried forward{f' to {to_year}' if to_year else ''}?",
            {"words": carried, "to_year": to_year},
        )
    measures = split_measures(action.indicator)
    if len(measures) > 1:
        yield Offer(
            OfferKind.SPLIT_INDICATOR,
            action.reference,
            f"The indicator of {action.reference} names {len(measures)} measures: make each a KPI of its own?",
            {"parts": measures},
        )
    figures = offer_figures(action.baseline, action.progress) or _figures_of_columns(action, headings)
    if figures:
        yield Offer(
            OfferKind.FIGURES,
            action.reference,
            f"{action.reference} states figures: {figures.sentence}. Take them as figures?",
            figures.to_json(),
        )


def _figures_of_columns(action: ActionRead, headings: Sequence[Heading]) -> FiguresOffer | None:
    """Baseline and target in columns of their own, where a heading or the cell says which year the target is for."""
    target = next((one for one in headings if one.meaning is Meaning.TARGET and one.text in action.extra), None)
    if target is None or not action.baseline or not action.indicator:
        return None
    if ("%" in action.baseline) is not ("%" in action.extra[target.text]):
        return None  # a count and a share do not compare
    baseline = next((one.text for one in headings if one.meaning is Meaning.BASELINE), "")
    words = (
        f"Baseline {_year_in(baseline)} {action.baseline} Target {_year_in(target.text)} {action.extra[target.text]}"
    )
    figures = offer_figures(words, action.progress)
    return figures if figures and year_named(figures.target_label) else None


def _year_in(heading: str) -> str:
    """ "2009/10" of "Target 2009-10"."""
    return str(year_named(heading) or "")


def _carried_in_words(action: ActionRead) -> str:
    """The sentence that says so, in the progress or the work needed."""
    for words in (action.progress, action.work_needed):
        # A line break may be where a page was cut, so sentences are looked for in the words as one line as well.
        for text in (*split_sentences(words), *split_sentences(one_line(words))):
            if CARRIED.search(text):
                return one_line(text)
    return ""


def _year(words: str) -> str:
    found = YEAR_WRITTEN.search(words)
    try:
        return str(FinancialYear.parse(found[1])) if found else ""
    except ValueError:
        return ""
