"""The rules by which councils and partnerships give lights, as found in their papers, and ours for each."""

from dataclasses import dataclass
from decimal import Decimal

from csp_tracker.rag import RAG
from indicators.figures import Measure, PastFigure, Scheme, TargetFigure
from indicators.values import CompareWith, Polarity, ReadingState, ToleranceIn, Unit

RED, AMBER, GREEN, NOT_RATED = RAG.RED, RAG.AMBER, RAG.GREEN, RAG.NOT_RATED


@dataclass(frozen=True)
class CouncilRule:
    """One council's rule in its own words, the scheme that says the same, and what it makes of some figures."""

    council: str
    green: str
    amber: str
    red: str
    scheme: Scheme
    cases: tuple[tuple[Measure, RAG], ...]
    unit: Unit = Unit.NUMBER
    other: str = ""


def of(value, target=None, **words):
    """A count where lower is better; figures may be given as numbers."""
    words = {name: PastFigure(Decimal(str(one)), "2008/09") if name != "unit" and not isinstance(one, str) else one
             for name, one in words.items()}  # fmt: skip
    return Measure(
        None if value is None else Decimal(str(value)),
        polarity=words.pop("polarity", Polarity.LOWER),
        target=None if target is None else TargetFigure(Decimal(str(target))),
        **words,
    )


def scheme(compare_with=CompareWith.TARGET, green=0, amber=10, **words):
    """Tolerances may be given as numbers."""
    return Scheme(compare_with, Decimal(str(green)), Decimal(str(amber)), **words)


MEASURED = (
    CouncilRule(
        "Safer Derbyshire",
        "target met",
        "missed by up to 5%",
        "missed by more than 5%",
        scheme(amber=5),
        (
            (of(100, 100), GREEN),
            (of("100.01", 100), AMBER),
            (of(105, 100), AMBER),
            (of("105.01", 100), RED),
            (of(100), NOT_RATED),
            (of(None, 100, state=ReadingState.NOT_AVAILABLE), NOT_RATED),
        ),
        other="grey: no target or no data",
    ),
    CouncilRule(
        "Cherwell and South Northants",
        "on target or ahead",
        "worse by up to 10%",
        "worse by more than 10%",
        scheme(),
        (
            (of(90, 100), GREEN),
            (of(100, 100), GREEN),
            (of(110, 100), AMBER),
            (of("110.01", 100), RED),
            (of(90, 100, polarity=Polarity.HIGHER), AMBER),
            (of("89.99", 100, polarity=Polarity.HIGHER), RED),
        ),
    ),
    CouncilRule(
        "Havering",
        "within 10% of target",
        "over 10% off but no worse than last year",
        "over 10% off and worse",
        scheme(green=10, amber_if_no_worse=True),
        (
            (of(109, 100, last_year=90), GREEN),
            (of(110, 100, last_year=90), AMBER),  # on a limit we give the lower light
            (of(120, 100, last_year=121), AMBER),
            (of(120, 100, last_year=120), AMBER),
            (of(120, 100, last_year=119), RED),
            (of(120, 100), RED),
        ),
    ),
    CouncilRule(
        "A city’s partnership, 2009/10",
        "over 10% better than before",
        "change within 10%",
        "over 10% worse",
        scheme(CompareWith.SAME_PERIOD_LAST_YEAR, green=-10, amber=10),
        (
            (of(89, last_year=100), GREEN),
            (of(90, last_year=100), AMBER),
            (of(100, last_year=100), AMBER),
            (of(110, last_year=100), AMBER),
            (of(111, last_year=100), RED),
            (of(111, 200), NOT_RATED),
        ),
    ),
    CouncilRule(
        "Reigate and Banstead",
        "on or above",
        "within agreed tolerance",
        "below",
        scheme(amber=3, tolerance_in=ToleranceIn.UNITS),
        (
            (of(50, 50, polarity=Polarity.HIGHER), GREEN),
            (of(47, 50, polarity=Polarity.HIGHER), AMBER),
            (of(46, 50, polarity=Polarity.HIGHER), RED),
        ),
        other="the tolerance is agreed for each KPI: a rule of its own, here 3",
    ),
    CouncilRule(
        "Harlow, East Riding",
        "star: above",
        "blue circle: on target within tolerance",
        "triangle: behind",
        scheme(amber=5),
        (
            (of(96, 95, polarity=Polarity.HIGHER, unit=Unit.PER_CENT), GREEN),
            (of(90, 95, polarity=Polarity.HIGHER, unit=Unit.PER_CENT), AMBER),
            (of("89.9", 95, polarity=Polarity.HIGHER, unit=Unit.PER_CENT), RED),
        ),
        unit=Unit.PER_CENT,
        other="blue is not “done” here; a figure just on target is green with us",
    ),
    CouncilRule(
        "A Hampshire district",
        "above target",
        "close",
        "below",
        scheme(amber=10),
        (
            (of(11, 10, polarity=Polarity.HIGHER), GREEN),
            (of(9, 10, polarity=Polarity.HIGHER), AMBER),
            (of(8, 10, polarity=Polarity.HIGHER), RED),
            (of(8, 10, polarity=Polarity.MONITOR), NOT_RATED),
        ),
        other="“for info only”: a KPI that is monitored only",
    ),
)

#: Lights that no figure gives: a person judges, so they are the reported light of an action, in the plan's own word.
JUDGED = (
    ("A city’s partnership, 2004", "on or over target · off, may recover · off, unlikely to"),
    ("A northern city’s locality plans", "on target · overdue · complete · not resourced · situation unresolved"),
    ("West Oxfordshire", "on target · off, action agreed · off, none agreed"),
    ("Bristol governance", "done and evidenced · in progress with evidence · not started or no evidence"),
    ("Bromsgrove", "on target · one month behind · over one month behind · reprogrammed"),
    ("Kensington and Chelsea", "no issues or risks · issues or risks · significant ones"),
    ("Epping Forest", "achieved or on target · under control · behind · pending"),
    ("North Norfolk", "eight words, from “completed” to “failed”"),
    ("BRAG in general", "on track · at risk · problem · blue: complete and handed over"),
)
