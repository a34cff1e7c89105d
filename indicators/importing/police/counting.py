"""Counting crimes: how many of each kind the police put into the district, month by month. Nothing here is stored."""

import re
from collections import Counter
from collections.abc import ItemsView, Iterator
from dataclasses import dataclass, field

from csp_tracker.periods import Period
from indicators.importing.police.kinds import BY_WORDS, UNKNOWN, kind_called
from indicators.importing.police.rows import Pick, reading
from indicators.importing.police.seen import Seen
from indicators.importing.police.sources import Sources, StreetFile

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
MOST_UNKNOWN = 20
LONGEST_WORDS = 60
#: Forces whose name in the files is not the one in the names of the files, once “Police” is left out.
FORCES = {
    "metropolitan police service": "metropolitan",
    "police service of northern ireland": "northern-ireland",
    "british transport police": "btp",
}


@dataclass(frozen=True)
class Area:
    """What is counted: a force's crimes in LSOAs with these codes, or without codes in those named after a district."""

    force: str
    codes: frozenset[str] = frozenset()
    district: str = ""


@dataclass
class MonthCount:
    """What one file says of one month of the force, by kind of crime."""

    name: str
    download: str
    rows: int = 0
    here: Counter[str] = field(default_factory=Counter)
    in_force: Counter[str] = field(default_factory=Counter)
    nowhere: Counter[str] = field(default_factory=Counter)  # rows without a location
    repeated: int = 0  # a Crime ID once more
    doubtful: int = 0  # the district's name, but none of its codes


@dataclass
class Counts:
    """What was read: the force's months, all months that the files are about, and what was left out."""

    area: Area
    months: dict[Period, MonthCount] = field(default_factory=dict)
    known: set[Period] = field(default_factory=set)
    files: int = 0
    rows: int = 0
    unreadable: int = 0  # rows without a month or with columns missing
    of_other_months: int = 0
    of_other_forces: int = 0
    unknown: Counter[str] = field(default_factory=Counter)  # kinds by words that are not known, each with its rows
    replaced: list[str] = field(default_factory=list)  # months that a later file states again, each a sentence

    @property
    def span(self) -> list[Period]:
        """Every month from the first to the last that the files are about, whether there is a file for it or not."""
        found = []
        month = min(self.known, default=None)
        while month is not None and month <= max(self.known):
            found.append(month)
            month = month.next
        return found

    @property
    def without_location(self) -> int:
        """The force's rows of all months that lie nowhere."""
        return sum(sum(month.nowhere.values()) for month in self.months.values())

    @property
    def repeated(self) -> int:
        """Rows of the district that repeat a Crime ID of their month."""
        return sum(month.repeated for month in self.months.values())

    @property
    def doubtful(self) -> int:
        """Rows with the district's name and none of its codes."""
        return sum(month.doubtful for month in self.months.values())


def count_crimes(sources: Sources, area: Area) -> Counts:
    """Count file after file. Where two state the same month the later counts, unless there is nothing in it."""
    counts = Counts(area, known=set(sources.months))
    for file in sources.files:
        if file.force and file.force != area.force:
            continue
        counts.files += 1
        for month, count in _count_file(file, area, counts):
            counts.known.add(month)
            before = counts.months.get(month)
            if before is not None and before.rows and not count.rows:
                continue
            if before is not None and before.rows:
                counts.replaced.append(f"{month}: {_place(count)} counts, not {_place(before)}.")
            counts.months[month] = count
    return counts


def _place(count: MonthCount) -> str:
    return f"{count.name} in {count.download}" if count.name != count.download else count.name


def _count_file(file: StreetFile, area: Area, counts: Counts) -> ItemsView[Period, MonthCount]:
    with reading(file) as (pick, rows), Seen() as seen:
        tallies = _Tallies(file, area)
        counter = _Counter(area, tallies, seen, counts.unknown)
        counter.run(rows, pick)
    tallies.finish()
    counts.rows += sum(one.rows for one in (*tallies.months.values(), *tallies.left_out)) + counter.too_short
    counts.unreadable += tallies.unreadable.rows + counter.too_short
    counts.of_other_months += tallies.other_month.rows
    counts.of_other_forces += tallies.other_force.rows
    return tallies.months.items()


class _Tallies:
    """Where the rows of one file are counted: its months, and what is left out."""

    def __init__(self, file: StreetFile, area: Area) -> None:
        self.file, self.area = file, area
        self.months: dict[Period, MonthCount] = {}
        self.left_out = tuple(MonthCount(file.name, file.download) for _ in range(3))
        self.unreadable, self.other_month, self.other_force = self.left_out
        self.known: dict[tuple[str, str], MonthCount] = {}
        if file.month is not None:
            self._of_month(file.month)

    def of(self, month: str, force: str) -> MonthCount:
        """Where a row of the month goes that this force reported."""
        if MONTH.fullmatch(month) is None:
            return self.unreadable
        key = (month, force)
        if key not in self.known and len(self.known) < 10_000:
            self.known[key] = self._find(Period.parse(month), force)
        return self.known.get(key, self.unreadable)

    def _find(self, month: Period, force: str) -> MonthCount:
        if self.file.month is None:
            return self._of_month(month) if slug_of(force) == self.area.force else self.other_force
        return self._of_month(month) if month == self.file.month else self.other_month

    def _of_month(self, month: Period) -> MonthCount:
        return self.months.setdefault(month, MonthCount(self.file.name, self.file.download))

    def finish(self) -> None:
        """Add up."""
        for one in (*self.months.values(), *self.left_out):
            one.rows = sum(one.in_force.values())


class _Counter:
    """The loop over the rows of one file, and what it needs at hand."""

    def __init__(self, area: Area, tallies: _Tallies, seen: Seen, unknown: Counter[str]) -> None:
        self.area, self.tallies, self.seen, self.unknown = area, tallies, seen, unknown
        self.too_short = 0

    def run(self, rows: Iterator[list[str]], pick: Pick) -> None:
        """Count every row. It is the one loop that is run a million times, and written for that."""
        codes, district = self.area.codes, self.area.district
        by_name, prefix, kinds = not codes, f"{district} ", BY_WORDS
        tally = MonthCount("", "")
        at = by = None
        for row in rows:
            try:
                crime, month, reporter, code, name, words = pick(row)
            except IndexError:
                self.too_short += bool(row)
                continue
            if month != at or reporter != by:
                at, by, tally = month, reporter, self.tallies.of(month, reporter)
            kind = kinds.get(words) or self.kind(words)
            tally.in_force[kind] += 1
            if code in codes or (by_name and name.startswith(prefix) and is_in(name, district)):
                if crime and not self.seen.is_new(f"{month} {crime}"):
                    tally.repeated += 1
                else:
                    tally.here[kind] += 1
            elif not code:
                tally.nowhere[kind] += 1
            elif district and not by_name and name.startswith(prefix) and is_in(name, district):
                tally.doubtful += 1

    def kind(self, words: str) -> str:
        """The kind of crime by words that are not written as usual; some that nobody knows are remembered."""
        kind = kind_called(words)
        if kind == UNKNOWN:
            words = words.strip()[:LONGEST_WORDS]
            if words in self.unknown or len(self.unknown) < MOST_UNKNOWN:
                self.unknown[words] += 1
        return kind


def is_in(name: str, district: str) -> bool:
    """Whether an LSOA of this name is the district's: “Maldon 001A” is Maldon's, “Maldon West 001A” is not."""
    return name.rpartition(" ")[0] == district


def slug_of(force: str) -> str:
    """A force's name as it stands in the names of files: “Devon & Cornwall Police” is devon-and-cornwall."""
    name = " ".join(force.casefold().replace("&", " and ").split())
    if name in FORCES:
        return FORCES[name]
    words = re.findall(r"[a-z0-9]+", name)
    return "-".join(word for word in words if word not in ("police", "constabulary", "service"))
