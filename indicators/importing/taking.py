"""KPIs of a file into those of a partnership: matched on their reference, and never over what a newer figure says."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from csp_tracker.models import Agency, FileImport, Partnership, User
from csp_tracker.people import ImportKind
from csp_tracker.rag import RAG
from csp_tracker.text import one_line
from indicators.importing.names import are_alike, name_key, reference_key
from indicators.importing.tree import Difference, IndicatorRead, ReadingRead, Revision, TargetRead
from indicators.models import Indicator, Reading, Target
from indicators.services import add_baseline, change_indicator, create_indicator, record_reading, set_target
from indicators.values import Polarity, Unit, figure_as_typed

LONGEST_LABEL, LONGEST_WORD, LONGEST_SOURCE = 60, 120, 255


@dataclass
class Changes:
    """What a file brought, by the KPIs' labels."""

    made: list[str] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    by_words: list[str] = field(default_factory=list)  # matched without a reference, on the very same words
    left_out: list[str] = field(default_factory=list)  # each a sentence
    kept: list[str] = field(default_factory=list)  # figures here that the file does not change, each a sentence
    baselines: int = 0
    targets: int = 0
    readings: int = 0


class Taker:
    """Takes KPI after KPI. Only the partnership's own are ever looked at."""

    def __init__(self, partnership: Partnership, file_import: FileImport, by: User, *, updates: bool) -> None:
        self.partnership, self.file_import, self.by, self.updates = partnership, file_import, by, updates
        self.changes = Changes()
        self.differences: list[Difference] = []
        self.revisions: list[Revision] = []
        self.here = list(partnership.indicators.select_related("imported_from").order_by("pk"))

    def take_all(self, indicators: Iterable[IndicatorRead]) -> None:
        """Every KPI of the file, in its order."""
        for read in indicators:
            indicator = self.known(read)
            if indicator is None:
                self.changes.made.append(read.label)
                self.take_figures(read, self.make(read))
            elif why := self.refusal(read, indicator):
                self.changes.left_out.append(f"{read.label}: {why}")
            else:
                self.changes.matched.append(read.label)
                self.take_figures(read, self.complete(read, indicator))

    # Which KPI it is

    def known(self, read: IndicatorRead) -> Indicator | None:
        """The KPI of the same reference; without one that of the very same words, which has none either."""
        if read.reference:
            same = [one for one in self.here if reference_key(one.reference) == reference_key(read.reference)]
            return next((one for one in same if one.reference == read.reference), next(iter(same), None))
        same = [
            one
            for one in self.here
            if not one.reference and _is_of_a_table(one) and name_key(one.name) == name_key(read.name)
        ]
        if len(same) != 1:
            return None
        self.changes.by_words.append(read.label)
        return same[0]

    def refusal(self, read: IndicatorRead, indicator: Indicator) -> str:
        """Why the figures cannot be those of the KPI of this reference; nothing where they can."""
        if not self.updates:
            return "is here already and was left as it is"
        if indicator.archived_at is not None:
            return "is archived here and takes no more figures"
        if not are_alike(indicator.name, read.name):
            return f"the reference is that of “{one_line(indicator.name)}” here, and the file calls it “{read.name}”"
        figures = [reading.value for reading in read.readings if reading.value is not None]
        is_plain = read.unit is Unit.NUMBER and all(abs(value) > 1 or not value for value in figures)
        if figures and read.unit != indicator.unit and not is_plain:
            return f"is measured here as “{indicator.get_unit_display()}”, in the file as “{read.unit.label}”"
        return ""

    # The KPI itself

    def make(self, read: IndicatorRead) -> Indicator:
        """A new KPI as the file describes it."""
        return create_indicator(
            partnership=self.partnership,
            name=read.name,
            reference=read.reference,
            definition=read.definition,
            source=read.source_of_figures,
            unit=read.unit,
            rate_per=read.rate_per,
            decimals=read.decimals,
            polarity=read.polarity,
            roll_up=read.roll_up,
            frequency=read.frequency,
            agency=self.agency(read.lead),
            imported_from=self.file_import,
            by=self.by,
        )

    def complete(self, read: IndicatorRead, indicator: Indicator) -> Indicator:
        """Fill what is blank here and stated in the file; nothing that somebody wrote is changed."""
        filled: dict[str, Any] = {}
        if read.definition and not indicator.definition:
            filled["definition"] = read.definition
        if read.source_of_figures and not indicator.source:
            filled["source"] = read.source_of_figures
        if indicator.version == 1 and indicator.imported_from_id:  # nobody has looked after it since it was imported
            if indicator.polarity == Polarity.MONITOR and read.polarity_why:
                filled["polarity"] = read.polarity
            if read.decimals > indicator.decimals:
                filled["decimals"] = read.decimals
        if not filled:
            return indicator
        reason = f"Stated in {self.file_import.name}"
        return change_indicator(indicator=indicator, version=indicator.version, reason=reason, by=self.by, **filled)

    def agency(self, words: str) -> Agency | None:
        """The partnership's agency of that very name; words that name none stay with the file."""
        wanted = one_line(words).casefold()
        if not wanted:
            return None
        agencies = self.partnership.agencies.filter(archived_at__isnull=True)
        return next((one for one in agencies if wanted in {one.name.casefold(), one.short_name.casefold()}), None)

    # Its figures

    def take_figures(self, read: IndicatorRead, indicator: Indicator) -> None:
        """Baselines and targets first: they decide the lights of the readings."""
        self.take_baselines(read, indicator)
        targets = {target.period: target for target in indicator.targets.all()}
        for target in read.targets:
            self.take_target(read, target, indicator, targets.get(target.period))
        readings = {reading.period: reading for reading in indicator.readings.select_related("indicator")}
        for reading in read.readings:
            self.take_reading(read, reading, indicator, readings.get(reading.period))

    def take_baselines(self, read: IndicatorRead, indicator: Indicator) -> None:
        """Those whose period and measure have none here."""
        here = list(indicator.baselines.all())
        known = {(one.label, one.of_what) for one in here}
        has_primary = any(one.is_primary for one in here)
        for baseline in read.baselines:
            fields = asdict(baseline) | {"label": baseline.label[:LONGEST_LABEL]}
            if (fields["label"], baseline.of_what) in known:
                continue
            fields["is_primary"] = baseline.is_primary and not has_primary
            add_baseline(indicator=indicator, by=self.by, **fields)
            self.changes.baselines += 1

    def take_target(self, read: IndicatorRead, target: TargetRead, indicator: Indicator, here: Target | None) -> None:
        """A target that is new, or that the file states otherwise: then the reason says so."""
        figures: dict[str, Any] = {"kind": target.kind, "value": target.value, "low": target.low, "high": target.high}
        reason = ""
        if here is not None:
            if all(getattr(here, name) == value for name, value in figures.items()):
                return
            if target.value is None and target.low is None and target.high is None:
                self.keep(read, f"target for {target.period}", str(here), target.text)
                return
            reason = self.reason(str(here.text or _typed(here.value)), target.text)
            self.revise(read, target.period, here.text or _typed(here.value), target.text, target.at, what="target")
        set_target(indicator=indicator, period=target.period, reason=reason, by=self.by, text=target.text, **figures)
        self.changes.targets += 1

    def take_reading(
        self, read: IndicatorRead, reading: ReadingRead, indicator: Indicator, here: Reading | None
    ) -> None:
        """A figure that is new, or that revises the one here; what has been revised since stays."""
        if here is None:
            stored = self.record_first(read, reading, indicator)
        elif _is_same(here, reading, read.decimals):
            stored = self.add_words(reading, indicator, here)
        elif reading.value is None:
            if here.value is not None:
                self.keep(read, str(reading.period), _typed(here.value), reading.stated or "no figure")
            stored = here
        elif here.value is not None and here.history.filter(value=reading.value).exists():
            self.keep(read, str(reading.period), _typed(here.value), f"{reading.stated}, which it was before")
            stored = here
        else:
            stored = self.record_again(read, reading, indicator, here)
        self.compare(read, reading, stored)

    def record_first(self, read: IndicatorRead, reading: ReadingRead, indicator: Indicator) -> Reading:
        """The figure as it was first stated, then each revision that the file itself holds."""
        self.changes.readings += 1
        values = [*(one.value for one in reading.earlier), reading.value]
        places = [*(one.at for one in reading.earlier), reading.at]
        stored: Any = None
        reason = ""
        for index, (value, at) in enumerate(zip(values, places, strict=True)):
            if index:
                before = _typed(values[index - 1])
                reason = f"{at} of {self.file_import.name} gives {_typed(value)} instead of {before}."
                self.revise(read, reading.period, before, _typed(value), at)
            stored = record_reading(
                indicator=indicator,
                period=reading.period,
                value=value,
                source=f"{self.file_import.name}: {at}"[:LONGEST_SOURCE],
                version=stored.version if stored else 0,
                reason=reason,
                by=self.by,
                **(_fields(reading) if index == len(reading.earlier) else _words(reading)),
            )
        return stored

    def record_again(self, read: IndicatorRead, reading: ReadingRead, indicator: Indicator, here: Reading) -> Reading:
        """The figure in place of the one here, or of none."""
        self.changes.readings += 1
        reason = ""
        if here.value is not None:
            reason = self.reason(_typed(here.value), _typed(reading.value))
            self.revise(read, reading.period, _typed(here.value), _typed(reading.value), reading.at)
        return record_reading(
            indicator=indicator,
            period=reading.period,
            value=reading.value,
            version=here.version,
            reason=reason,
            by=self.by,
            **(_fields(reading) | _without_what_stands(reading, here)),
        )

    def add_words(self, reading: ReadingRead, indicator: Indicator, here: Reading) -> Reading:
        """The published light and the note of a figure that is the same, where there is none here."""
        words = _without_what_stands(reading, here)
        if all(getattr(here, name) == value for name, value in words.items()):
            return here
        return record_reading(
            indicator=indicator,
            period=reading.period,
            value=here.value,
            state=here.state,
            qualifier=here.qualifier,
            numerator=here.numerator,
            denominator=here.denominator,
            version=here.version,
            by=self.by,
            **words,
        )

    # What is reported

    def compare(self, read: IndicatorRead, reading: ReadingRead, stored: Reading) -> None:
        """Note a published light that the rule does not give."""
        if reading.published_rag in (None, stored.rating) or not reading.is_light_known:
            return
        self.differences.append(
            Difference(
                reference=read.reference,
                name=read.name,
                period=reading.period,
                published=reading.published_rag,
                published_word=reading.published_word,
                measured=RAG(stored.rating),
                why=stored.rating_why,
            )
        )

    def revise(self, read: IndicatorRead, period: Any, before: str, after: str, at: str, what: str = "reading") -> None:
        self.revisions.append(Revision(read.reference, read.name, period, before, after, at, what))

    def keep(self, read: IndicatorRead, of_what: str, here: str, in_file: str) -> None:
        self.changes.kept.append(f"{read.label}, {of_what}: {here} stays; the file says {in_file}")

    def reason(self, before: str, after: str) -> str:
        """Why a figure changes, for its history."""
        return f"{self.file_import.name} gives {after} instead of {before}."


def _is_of_a_table(indicator: Indicator) -> bool:
    """Whether a KPI came from a table of KPIs: the words of a plan's cell are nobody else's."""
    return indicator.imported_from is not None and indicator.imported_from.kind == ImportKind.INDICATORS


def _is_same(here: Reading, reading: ReadingRead, decimals: int) -> bool:
    """The same figure, one of the two perhaps rounded; or none here and none there."""
    if here.value is None or reading.value is None:
        return here.value is None and reading.value is None
    places = min(decimals, _places(here.value), _places(reading.value))
    return round(here.value, places) == round(reading.value, places)


def _places(value: Decimal) -> int:
    return len(figure_as_typed(value).partition(".")[2])


def _fields(reading: ReadingRead) -> dict[str, Any]:
    """The columns of a reading that the file fills, besides its figure."""
    parts = {"numerator": reading.numerator, "denominator": reading.denominator}
    has_parts = reading.numerator is not None and reading.denominator is not None
    return _words(reading) | (parts if has_parts else {}) | {"state": reading.state, "qualifier": reading.qualifier}


def _words(reading: ReadingRead) -> dict[str, Any]:
    return {
        "note": reading.note,
        "published_rag": reading.published_rag or "",
        "published_word": reading.published_word[:LONGEST_WORD],
    }


def _without_what_stands(reading: ReadingRead, here: Reading) -> dict[str, Any]:
    """The words to write: a note and a light that are here already stay."""
    words = _words(reading)
    if here.note:
        words["note"] = here.note
    if here.published_rag:
        words |= {"published_rag": here.published_rag, "published_word": here.published_word}
    return words


def _typed(value: Decimal | None) -> str:
    return "no figure" if value is None else figure_as_typed(value)
