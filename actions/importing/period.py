"""Which year a plan seems to be for: by its titles, its sheet, the dates of its progress or the file's name."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice, pairwise

from actions.importing.timescales import find_dates
from actions.importing.tree import InferredPeriod
from actions.values import DatePrecision
from csp_tracker.periods import FinancialYear

YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[/–_-]\s?((?:20)?\d\d)(?!\d)")
WHOLE_YEAR = re.compile(
    r"\bapr(?:il)?\s(20\d\d)\s?(?:[–—-]|to)\s?(?:31(?:st)?\s)?mar(?:ch)?\s(20\d\d)\b", re.IGNORECASE
)
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


def year_named(text: str) -> FinancialYear | None:
    """The first financial year in some words: "2025/26", or "April 2025 – March 2026"."""
    if (whole := WHOLE_YEAR.search(text)) and int(whole[2]) == int(whole[1]) + 1:
        return FinancialYear(int(whole[1]))
    for match in YEARS.finditer(text):
        try:
            return FinancialYear.parse(f"{match[1]}/{match[2]}")
        except ValueError:
            continue
    return None


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
