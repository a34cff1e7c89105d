"""What data.police.uk calls a crime, now and before, and which kinds a month did not tell apart yet.

It began in December 2010 with six kinds. In September 2011 it took five out of “Other crime”, in May 2013 four more out
of those, and it renamed “Violent crime”. A kind that a month did not have is not nought in that month.
"""

from collections.abc import Collection
from datetime import date

from csp_tracker.text import one_line
from indicators.values import CrimeType

ELEVEN_KINDS, FOURTEEN_KINDS = date(2011, 9, 1), date(2013, 5, 1)
#: One kind until May 2013, two since.
PUBLIC_DISORDER = "public_disorder_and_weapons"
PARTS_OF_PUBLIC_DISORDER = frozenset({CrimeType.PUBLIC_ORDER.value, CrimeType.WEAPONS.value})
#: A crime in words that nobody knows yet.
UNKNOWN = ""

#: For each kind that was once a part of another: since when it is counted by itself, and in what until then.
TAKEN_OUT = {
    CrimeType.CRIMINAL_DAMAGE.value: (ELEVEN_KINDS, CrimeType.OTHER_CRIME.value),
    CrimeType.DRUGS.value: (ELEVEN_KINDS, CrimeType.OTHER_CRIME.value),
    CrimeType.OTHER_THEFT.value: (ELEVEN_KINDS, CrimeType.OTHER_CRIME.value),
    CrimeType.SHOPLIFTING.value: (ELEVEN_KINDS, CrimeType.OTHER_CRIME.value),
    CrimeType.BICYCLE_THEFT.value: (FOURTEEN_KINDS, CrimeType.OTHER_THEFT.value),
    CrimeType.THEFT_FROM_PERSON.value: (FOURTEEN_KINDS, CrimeType.OTHER_THEFT.value),
    CrimeType.PUBLIC_ORDER.value: (FOURTEEN_KINDS, PUBLIC_DISORDER),
    CrimeType.WEAPONS.value: (FOURTEEN_KINDS, PUBLIC_DISORDER),
    PUBLIC_DISORDER: (ELEVEN_KINDS, CrimeType.OTHER_CRIME.value),
}
IN_WORDS = {one.value: one.label for one in CrimeType} | {PUBLIC_DISORDER: "Public disorder and weapons"}
#: The kinds by the words of the files: those of now first, for most rows are of these.
BY_WORDS = {words: kind for kind, words in IN_WORDS.items()} | {"Violent crime": CrimeType.VIOLENCE.value}
BY_LOWER_WORDS = {words.casefold(): kind for words, kind in BY_WORDS.items()}


def kind_called(words: str) -> str:
    """The kind of these words in whatever case, or UNKNOWN."""
    return BY_LOWER_WORDS.get(one_line(words).casefold(), UNKNOWN)


def with_former(kinds: Collection[str]) -> frozenset[str]:
    """The kinds, and the one that two of them were once, where both are among them."""
    return frozenset(kinds) | ({PUBLIC_DISORDER} if set(kinds) >= PARTS_OF_PUBLIC_DISORDER else set())


def not_told_apart(kinds: Collection[str], month: date) -> list[str]:
    """Those of the kinds that were not counted by themselves in the month, nor in another of the kinds."""
    return [kind for kind in CrimeType.values if kind in kinds and not _is_counted(kind, with_former(kinds), month)]


def _is_counted(kind: str, among: Collection[str], month: date) -> bool:
    since, whole = TAKEN_OUT.get(kind, (date.min, ""))
    return month >= since or (whole in among and _is_counted(whole, among, month))


def taken_out_in(kinds: Collection[str], month: date) -> list[str]:
    """The kinds, in their words, that were parts of these until the month and are not among them: a series break."""
    among = with_former(kinds)
    return [
        IN_WORDS[kind]
        for kind, (since, whole) in TAKEN_OUT.items()
        if since == month and whole in among and kind not in among
    ]
