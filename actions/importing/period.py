"""Which year a plan seems to be for, by its titles, sheet, dates or file name; and which quarter its words tell of."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice, pairwise

from actions.importing.dictionary import MONTHS
from actions.importing.timescales import find_dates
from actions.importing.tree import InferredPeriod, PlanTree, ToldQuarter
from actions.values import DatePrecision
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.text import one_line

YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[/–_-]\s?((?:20)?\d\d)(?!\d)")
WHOLE_YEAR = re.compile(
    r"\bapr(?:il)?\s(20\d\d)\s?(?:[–—-]|to)\s?(?:31(?:st)?\s)?mar(?:ch)?\s(20\d\d)\b", re.IGNORECASE
)
QUARTER = re.compile(r"\bq(?:uarter|tr)?\.?\s?([1-4])\b", re.IGNORECASE)
SHORT_YEARS = re.compile(rf"(?<![\w/.-])(\d\d)\s?[/–-]\s?(\d\d)(?![\w/.-]|\s*(?:of\s)?(?:\d|{MONTHS}))", re.IGNORECASE)
OF_A_YEAR = re.compile(r"\b(?:plan|strategy|tracker|programme|fy|year)\b|^\W*\d\d\W\d\d\W*$", re.IGNORECASE)
ONE_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
WHOLE_YEAR_VOTES = 5
FEWEST_VOTES = 3
MOST_VOTERS = 400  # texts: a long plan does not need all of them to say its year


def infer_period(
    *, title: str | None, sheet: str, file_name: str, progress: Iterable[str], titles: Iterable[str] = ()
) -> InferredPeriod | None:
    """The first of five signs that says a year; None where the file says nothing, never a guess from deadlines.

    Of the other lines over the table all that name a year must name the same.
    """
    if year := year_named(title or ""):
        return InferredPeriod(year, f"The title says {year}.")
    if year := year_named(sheet):
        return InferredPeriod(year, f"The sheet is named “{sheet}”.")
    over = {year: words for words in titles if (year := year_named(words))}
    if len(over) == 1:
        year, words = over.popitem()
        return InferredPeriod(year, f"The title “{words}” says {year}.")
    votes = _votes(islice((words for words in progress if words), MOST_VOTERS))
    if votes and votes.most_common(1)[0][1] >= FEWEST_VOTES:
        year, count = votes.most_common(1)[0]
        if count * 2 > votes.total():
            return InferredPeriod(year, f"Most dates in the progress lie in {year}.")
    if year := year_named(file_name) or _single_year(file_name):
        return InferredPeriod(year, f"The file is named “{file_name}”.")
    return None


def infer_quarter(*, titles: Iterable[str], headings: Iterable[str]) -> ToldQuarter | None:
    """The one quarter that the titles name, else the last whose column holds anything; None where none is named."""
    named = {int(found[1]): one_line(title) for title in titles for found in QUARTER.finditer(title)}
    if len(named) == 1:
        number, title = named.popitem()
        return ToldQuarter(number, f"“{title}” says so")
    told = [(int(found[1]), heading) for heading in headings if (found := QUARTER.search(heading))]
    if not told:
        return None
    number, heading = max(told)
    return ToldQuarter(number, f"“{heading}” is the last column with words")


def year_named(text: str) -> FinancialYear | None:
    """The first financial year in some words: "2025/26", or "April 2025 – March 2026"."""
    if (whole := WHOLE_YEAR.search(text)) and int(whole[2]) == int(whole[1]) + 1:
        return FinancialYear(int(whole[1]))
    for match in YEARS.finditer(text):
        try:
            return FinancialYear.parse(f"{match[1]}/{match[2]}")
        except ValueError:
            continue
    short = SHORT_YEARS.search(text) if OF_A_YEAR.search(text) else None
    follows = short is not None and int(short[2]) == int(short[1]) + 1
    return FinancialYear(2000 + int(short[1])) if short and follows else None


def _single_year(text: str) -> FinancialYear | None:
    found = ONE_YEAR.search(text)
    return FinancialYear(int(found[1])) if found else None


def _votes(texts: Iterable[str]) -> Counter[FinancialYear]:
    """One vote for each date; five for a figure "from 1.4.09 – 31.3.10", which names the whole year."""
    votes: Counter[FinancialYear] = Counter()
    for text in texts:
        dates = [one for one in find_dates(text) if one.precision in (DatePrecision.DAY, DatePrecision.MONTH)]
        votes.update(FinancialYear.containing(one.first) for one in dates)
        for one, other in pairwise(dates):
            year = FinancialYear.containing(one.first)
            if (one.first, other.last) == (year.starts_on, year.ends_on):
                votes[year] += WHOLE_YEAR_VOTES
    return votes


def likely_quarter(tree: PlanTree, quarters: Sequence[Quarter], today: date) -> Quarter:
    """Which of a plan's quarters its words tell of: the one the file names if that has begun, else the last ended."""
    told, year = tree.told_quarter, tree.period and tree.period.financial_year
    begun = [one for one in quarters if one.starts_on <= today and year in (None, one.financial_year)]
    named = [one for one in begun if told and one.number == told.number]
    return named[-1] if named else min(max(Quarter.last_ended(today), quarters[0]), quarters[-1])
