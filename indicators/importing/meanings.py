"""Which column of a table of KPIs means what, and for which period, told by its heading.

A dictionary of the words councils use, with a score; the best guess of each column wins unless another column has a
better claim to that meaning. The period ("Q2 2024/25") is read out of the heading first; what is left says the rest.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from csp_tracker.text import one_line
from indicators.importing.whens import When, read_when


class Meaning(StrEnum):
    """What a column of a table of KPIs can hold."""

    REFERENCE = "reference"
    NAME = "name"
    DEFINITION = "definition"
    GROUP = "group"
    UNIT = "unit"
    POLARITY = "polarity"
    FREQUENCY = "frequency"
    SOURCE = "source"
    LEAD = "lead"
    BASELINE = "baseline"
    TARGET = "target"
    YEAR_TARGET = "year_target"
    FIGURE = "figure"
    PREVIOUS = "previous"
    SAME_LAST_YEAR = "same_last_year"
    LAST_YEAR = "last_year"
    TO_DATE = "to_date"
    RAG = "rag"
    TREND = "trend"
    COMMENT = "comment"
    ROW = "row"  # says of each row whether it is the figures, the targets or the lights
    PERIOD = "period"  # says of each row which month, quarter or year its figures are for
    UNKNOWN = ""


# Each pattern with how sure it makes us; the highest of all that match counts. Matched without the period's words.
WORDS: dict[Meaning, tuple[tuple[str, int], ...]] = {
    Meaning.REFERENCE: (
        (r"^(kpi|pi|ni|indicator|measure|performance indicator)? ?(ref|reference|no|nr|number|id|code|#)( no)?$", 9),
        (r"^(kpi|pi|ni)$", 5),
    ),
    Meaning.NAME: (
        (r"^(key |performance |success |kpi )*(indicators?|measures?|pis)( (name|title|description|of success))?$", 9),
        (r"^(kpi|performance indicator|measure|indicator) (name|title|description)$", 9),
        (r"^(what (we|is|are) (being )?measur(e|ed|ing)|title|name)$", 9),
        (r"^kpis?$", 7),
        (r"^description$", 8),
        (r"\b(indicators?|measures?|kpis?)\b", 5),
    ),
    Meaning.DEFINITION: (
        (r"\bdefinition\b|\bhow (it is|it s|is it|we) (calculate|measure)", 9),
        (r"^(description|details?|rationale|why it matters)$", 6),
    ),
    Meaning.GROUP: (
        (r"^(strategic |corporate |csp )?(priority|priorities|theme|aim|outcome|objective|category|area)( area)?$", 9),
    ),
    Meaning.UNIT: ((r"^(units?( of measure(ment)?)?|measured in|format|data type|%|no %|number or %)$", 9),),
    Meaning.POLARITY: (
        (
            r"\bpolarity\b|\bgood (to be|is|performance|direction)\b|\bbetter (when|if|is)\b|\bwhat (is|s) good\b",
            10,
        ),
        (r"\b(high(er)?|bigger|up) or (low(er)?|smaller|down)\b|\b(low(er)?|smaller) or (high(er)?|bigger)\b", 10),
        (r"\bdesired (direction|outcome|trend|travel)\b|\baim to\b|\bmaximise\b|\bbigger or smaller\b", 10),
        (r"^(high(er)?|low(er)?|bigger|smaller) (or|is|are) (low(er)?|high(er)?|better|bigger|smaller)( better)?$", 10),
    ),
    Meaning.FREQUENCY: ((r"\bfrequency\b|\bhow often\b|^(reported|reporting( period)?|collected)$", 9),),
    Meaning.SOURCE: ((r"^(data |information )?source( of (data|figures))?$", 9),),
    Meaning.LEAD: (
        (r"\blead\b|\bowners?\b|\bresponsib|\bwho\b", 9),
        (r"^(agency|agencies|officers?|organisation|service|department|partner)$", 6),
    ),
    Meaning.BASELINE: ((r"\bbaseline\b|\bstarting point\b", 10),),
    Meaning.YEAR_TARGET: (
        (r"\b(annual|year end|end of year|yearly|full year|whole year|year s) (targets?|goal)\b", 10),
        (r"\btargets? (for )?(the )?(year|full year|year end|end of year|annual)\b", 10),
    ),
    Meaning.TARGET: (
        (r"^(our |current |quarterly |quarter |monthly )*(targets?|goal|aim|profile|planned)$", 9),
        (r"\btargets?\b", 6),
    ),
    Meaning.FIGURE: (
        (r"^(this|current|latest|reporting) (quarter|qtr|period|month|performance|figure|position|value|result)s?$", 9),
        (r"^(this|the) (quarter|period|month) s? ?(actual|performance|figure|result|value|position)s?$", 9),
        (r"^(actual|performance|result|outturn|value|figure|achieved|reported|score|current|latest|data|count)s?$", 8),
        (r"\b(actual|outturn|result|performance)s?\b", 4),
    ),
    Meaning.PREVIOUS: (
        (
            r"\b(previous|last|prior|preceding) (quarter|qtr|period|month|figure|value|performance|position|result)\b",
            10,
        ),
        (r"^(previous|prior|last)$", 8),
    ),
    Meaning.SAME_LAST_YEAR: (
        (
            r"\b(same|this|corresponding|equivalent) (quarter|qtr|period|month|time|point)"
            r"( in| of)?( the)? (last|previous|prior) year\b",
            11,
        ),
        (r"\b(year ago|(last|previous) year s? ?(quarter|same period))\b", 10),
    ),
    Meaning.LAST_YEAR: (
        (r"\b(last|previous|prior) (financial )?year s? ?(outturn|total|result|actual|performance|end|figure)", 10),
        (r"\b(outturn|total|result|actual|performance) (of |for )?(the )?(last|previous|prior) year\b", 10),
    ),
    Meaning.TO_DATE: (
        (r"\byear to date\b|\bytd\b|\bto date\b|\bcumulative\b|\brolling\b|\bannualised\b|\bforecast\b", 11),
    ),
    Meaning.RAG: (
        (r"\btraffic lights?\b|^b?rag\b|\bb?rag (status|rating)\b", 11),
        (r"^(status|rating|on target|target met|met|light|colour)$", 9),
        (r"\bstatus\b|\brating\b|\bperformance against\b|\brag\b|\btarget (met|achieved)\b", 7),
    ),
    Meaning.TREND: (
        (r"\btrend\b|\bdirection of travel\b|^(dot|travel|direction|arrow)$|\bmovement\b", 10),
        (r"\bchange\b|\bvariance\b|\bdifference\b|\bimproving\b|\bup or down\b", 10),
    ),
    Meaning.COMMENT: (
        (r"\bcomment(s|ary)?\b|\bnotes?\b|\bnarrative\b|\bexplanation\b|\bremarks?\b|\bcontext\b", 9),
        (r"\b(corrective |remedial )?actions?\b|\breasons?\b|\bupdate\b|\bprogress\b", 5),
    ),
}
# These may come several times, each with its own period or words.
SEVERAL = frozenset(
    {Meaning.FIGURE, Meaning.TARGET, Meaning.RAG, Meaning.COMMENT, Meaning.BASELINE, Meaning.TO_DATE, Meaning.TREND}
    | {Meaning.YEAR_TARGET, Meaning.LEAD, Meaning.UNKNOWN}
)
OF_A_PERIOD = frozenset({Meaning.FIGURE, Meaning.TARGET, Meaning.RAG, Meaning.COMMENT, Meaning.TREND})
FIGURES = frozenset(
    {Meaning.FIGURE, Meaning.PREVIOUS, Meaning.SAME_LAST_YEAR, Meaning.LAST_YEAR, Meaning.BASELINE, Meaning.TARGET}
    | {Meaning.YEAR_TARGET, Meaning.TO_DATE}
)
COMPILED = {meaning: [(re.compile(pattern), sure) for pattern, sure in pairs] for meaning, pairs in WORDS.items()}
PERIOD_ALONE = 9
LONGEST_HEADING = 120
FEWEST_PERIODS = 3  # side by side, that make the column before them the names
BY_PLACE = 5
NO_PERIOD = When()
MOST = 10


@dataclass(frozen=True)
class Column:
    """One column: its place, its heading as it stands, what it means and which period its figures are for."""

    position: int
    heading: str
    meaning: Meaning
    when: When = NO_PERIOD
    sure: int = 0
    alternatives: tuple[Meaning, ...] = ()


@lru_cache(maxsize=4096)
def claims_of(heading: str) -> tuple[Mapping[Meaning, int], When]:
    """What a heading may mean, with how sure that is from 1 to 11, and the period it names."""
    when, rest = read_when(heading)
    text = plain(rest[:LONGEST_HEADING])
    if not when.is_nothing and not text.strip("0123456789 "):
        return ({Meaning.FIGURE: PERIOD_ALONE}, when) if when.kind else ({}, When())
    sure = {
        meaning: max((points for pattern, points in patterns if pattern.search(text)), default=0)
        for meaning, patterns in COMPILED.items()
    }
    return {meaning: points for meaning, points in sure.items() if points}, when


def read_columns(headings: Sequence[str], decided: Mapping[str, Meaning] | None = None) -> tuple[Column, ...]:
    """What each heading means; what a person decided comes first, then the surer claim."""
    names = _unique([one_line(heading) for heading in headings])
    read = [claims_of(heading) for heading in headings]
    chosen = _decided(names, decided or {})
    is_decided = frozenset(chosen)
    guessed: int | None = None
    claims = sorted(
        (-sure, position, meaning) for position, (claims, _) in enumerate(read) for meaning, sure in claims.items()
    )
    for _, position, meaning in claims:
        taken = meaning not in SEVERAL and meaning in chosen.values()
        if position not in chosen and not taken:
            chosen[position] = meaning
    if not {Meaning.NAME, Meaning.REFERENCE} & set(chosen.values()):
        guessed = _before_periods(read, chosen)
        chosen |= {} if guessed is None else {guessed: Meaning.NAME}
    return tuple(
        Column(
            position=position,
            heading=name,
            meaning=(meaning := chosen.get(position, Meaning.UNKNOWN)),
            when=read[position][1],
            sure=_sure(read[position][0], meaning, is_decided=position in is_decided, is_guess=position == guessed),
            alternatives=tuple(
                one for one, _ in sorted(read[position][0].items(), key=lambda pair: -pair[1]) if one is not meaning
            ),
        )
        for position, name in enumerate(names)
    )


def _sure(claims: Mapping[Meaning, int], meaning: Meaning, *, is_decided: bool, is_guess: bool) -> int:
    if is_decided:
        return MOST
    return BY_PLACE if is_guess else min(MOST, claims.get(meaning, 0))


def _before_periods(read: Sequence[tuple[Mapping[Meaning, int], When]], chosen: Mapping[int, Meaning]) -> int | None:
    """The first column, where its heading is blank or "Police recorded crime" and months or quarters follow it."""
    periods = {when for position, (_, when) in enumerate(read) if chosen.get(position) is Meaning.FIGURE and when.kind}
    is_first = bool(read) and chosen.get(0, Meaning.UNKNOWN) in {Meaning.UNKNOWN, Meaning.GROUP}
    return 0 if is_first and read[0][1].is_nothing and len(periods) >= FEWEST_PERIODS else None


def _decided(names: Sequence[str], decided: Mapping[str, Meaning]) -> dict[int, Meaning]:
    """What a person said a column means: this one, or the one of another quarter whose heading is else the same."""
    exactly = {plain(heading): meaning for heading, meaning in decided.items()}
    without_period = {rest: meaning for heading, meaning in decided.items() if (rest := plain(read_when(heading)[1]))}
    found = {}
    for position, name in enumerate(names):
        rest = plain(read_when(name)[1])
        if plain(name) in exactly:
            found[position] = exactly[plain(name)]
        elif rest in without_period:
            found[position] = without_period[rest]
    return found


def plain(heading: str) -> str:
    """The words of a heading in small letters without marks; "%" and "#" are words here."""
    return one_line(re.sub(r"[^\w#%]+", " ", heading.casefold()))


def _unique(names: Sequence[str]) -> list[str]:
    """A blank heading is called by its place; the second of two equal ones gets a number."""
    unique: list[str] = []
    for position, name in enumerate(names, start=1):
        wanted = candidate = name or f"Column {position}"
        again = 2
        while candidate in unique:
            candidate, again = f"{wanted} ({again})", again + 1
        unique.append(candidate)
    return unique
