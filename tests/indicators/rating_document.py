"""The tables in docs/rating.md that the engine writes; `python -m tests.indicators.rating_document` renews them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from csp_tracker.periods import Period, Quarter
from indicators.figures import Measure, PastFigure, Scheme, TargetFigure
from indicators.rag import describe, rate
from indicators.values import CompareWith, Polarity, ReadingState, RollUp, TargetKind, Unit
from tests.indicators.council_rules import JUDGED, MEASURED

DOCUMENT = Path(__file__).parents[2] / "docs" / "rating.md"
BEGIN, END = "<!-- {name}: written by tests/indicators/rating_document.py -->", "<!-- end of {name} -->"

YEAR, Q2 = Period.parse("2009/10"), Period.of_quarter(Quarter(2009, 2))
ASB = Measure(
    Decimal(1884),
    polarity=Polarity.LOWER,
    target=TargetFigure(Decimal(1984)),
    baseline=PastFigure(Decimal(2030), "2008/09"),
)
WORSE = replace(ASB, value=Decimal(2500))
NOUGHT = Measure(
    Decimal(0), polarity=Polarity.LOWER, target=TargetFigure(Decimal(0)), baseline=PastFigure(Decimal(5), "2008/09")
)

#: What other trackers make of the same three figures, read from their code.
PEERS = (
    ("Kausal Watch", "317%; the action still “not started” unless a task is ticked",
     "nothing: the late flag is thrown away", "100%"),
    ("TolaData (±15%)", "ratio 0.95, so only “on track”", "under target (right)", "not reported at all"),
    ("Akvo RSR", "95%, grade high", "126%, **grade high**", "0%, **grade low**"),
    ("UNICEF PRP", "**0%**: only rises above the baseline count", "**−1022%**", "0%"),
    ("smon", "one method says amber, its sibling green", "**green**", "grey (its sibling: red)"),
    ("Leantime", "100%", "0% (right)", "100%"),
    ("Quality-time", "target met (right)", "not met (right)", "met (right)"),
)  # fmt: skip

PERCENTAGE = Measure(
    Decimal("95.9"), unit=Unit.PER_CENT, decimals=1, target=TargetFigure(Decimal(98)),
    baseline=PastFigure(Decimal("93.8"), "2008/09"),
)  # fmt: skip
OF_A_QUARTER = replace(
    ASB,
    value=Decimal(442),
    period=Q2,
    to_date=Decimal(942),
    roll_up=RollUp.SUM,
    target=replace(ASB.target, period=YEAR) if ASB.target else None,
    last_year=PastFigure(Decimal(400), "Q2 2008/09", to_date=Decimal(1000), whole=Decimal(2030)),
)
LAST_YEAR = PastFigure(Decimal(2600), "2008/09")
EXAMPLES = (
    ("On the edge of the tolerance: amber", Measure(Decimal(180), target=TargetFigure(Decimal(200))), Scheme()),
    ("Just beyond it: red", Measure(Decimal(179), target=TargetFigure(Decimal(200))), Scheme()),
    ("A percentage: its tolerance is in points", PERCENTAGE, Scheme()),
    ("A target of nought, missed by one",
     replace(NOUGHT, value=Decimal(1)), Scheme()),
    ("Within a band, on its edge",
     Measure(Decimal(10), polarity=Polarity.BAND, target=TargetFigure(low=Decimal(10), high=Decimal(20))), Scheme()),
    ("A change asked for",
     replace(ASB, target=TargetFigure(Decimal("-2.3"), kind=TargetKind.PER_CENT_CHANGE)), Scheme()),
    ("Worse than the target, no worse than last year",
     replace(WORSE, last_year=LAST_YEAR), Scheme(amber_if_no_worse=True)),
    ("Against the same period last year",
     replace(WORSE, last_year=LAST_YEAR), Scheme(CompareWith.SAME_PERIOD_LAST_YEAR)),
    ("A target for the year, in quarter 2", OF_A_QUARTER, Scheme()),
    ("A provisional figure", replace(ASB, state=ReadingState.PROVISIONAL), Scheme()),
    ("Awaited", replace(ASB, value=None, state=ReadingState.AWAITED), Scheme()),
    ("A month missing", replace(ASB, missing=("May 2009",)), Scheme()),
    ("Counted differently since",
     replace(ASB, previous=PastFigure(Decimal(2030), "2008/09", series_break=True)),
     Scheme(CompareWith.PREVIOUS_PERIOD)),
    ("Monitored only", replace(ASB, polarity=Polarity.MONITOR), Scheme()),
)  # fmt: skip


def acid_test() -> str:
    """What seven trackers and this one make of the plan's one fully quantified KPI."""
    ours = [_said(measure, Scheme()) for measure in (ASB, WORSE, NOUGHT)]
    head = ("Tracker", "1,884 against 1,984: met, ahead", "2,500: worse than where it began", "Target 0 reached")
    return _table(head, [*PEERS, ("**This one**", *ours)])


def worked_examples() -> str:
    """What the engine says, case by case."""
    return _table(
        ("Case", "What the tracker says"), [(case, _said(measure, scheme)) for case, measure, scheme in EXAMPLES]
    )


def council_rules() -> str:
    """Councils' rules, each with the scheme that says the same in our words."""
    rows = [
        (one.council, f"green: {one.green}; amber: {one.amber}; red: {one.red}{f'; {one.other}' if one.other else ''}",
         describe(one.scheme, one.unit))
        for one in MEASURED
    ]  # fmt: skip
    return _table(("Where", "In their words", "Set here, it reads"), rows)


def judged_rules() -> str:
    """Those that no figure can give."""
    return _table(("Where", "Their words"), JUDGED)


TABLES = {
    "acid test": acid_test,
    "worked examples": worked_examples,
    "council rules": council_rules,
    "judged rules": judged_rules,
}


def filled(text: str) -> str:
    """The document with every table as the engine has it now."""
    for name, table in TABLES.items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        words = "\n".join((begin, table(), end))
        text, found = place.subn(lambda _, words=words: words, text)
        if found != 1:
            raise ValueError(f"{DOCUMENT} has {found} places for the table “{name}”.")
    return text


def _said(measure: Measure, scheme: Scheme) -> str:
    verdict = rate(measure, scheme)
    return f"**{verdict.rating.label}.** {verdict.why}" if verdict.rating.is_rated else verdict.why


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
