"""Street-level files as data.police.uk would give them for a force that there is not: for tests and demonstration.

The same arguments give the same bytes. Places, codes and crimes are made up; nothing is taken from a real file.
"""

import csv
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import IO

from csp_tracker.periods import Period
from indicators.importing.police.kinds import IN_WORDS
from indicators.importing.police.rows import COLUMNS
from indicators.values import CrimeType

FORCE, REPORTED_BY = "aldershire", "Aldershire Police"
DISTRICT = "Northmere"
#: Districts of the force, each with its number of LSOAs. One begins with the name of another.
DISTRICTS = {"Northmere": 36, "Northmere Vale": 30, "Southmere": 64, "Aldersea": 90, "Highmarsh": 44}
FIRST_CODE = 99_001  # no LSOA of England has a number so high
STREETS = ("On or near Mere Lane", "On or near Supermarket", "On or near Lamp Street", "On or near Parking Area")
WEIGHTS = {
    CrimeType.VIOLENCE: 34, CrimeType.ANTI_SOCIAL_BEHAVIOUR: 18, CrimeType.CRIMINAL_DAMAGE: 8, CrimeType.SHOPLIFTING: 8,
    CrimeType.PUBLIC_ORDER: 8, CrimeType.OTHER_THEFT: 7, CrimeType.VEHICLE_CRIME: 6, CrimeType.BURGLARY: 4,
    CrimeType.DRUGS: 3, CrimeType.OTHER_CRIME: 2, CrimeType.BICYCLE_THEFT: 1, CrimeType.ROBBERY: 1,
    CrimeType.THEFT_FROM_PERSON: 1, CrimeType.WEAPONS: 1,
}  # fmt: skip
WITHOUT_LOCATION, REPEATED = 0.02, 0.002
OUTCOMES = ("Investigation complete; no suspect identified", "Unable to prosecute suspect", "Under investigation")


def lsoas(district: str) -> list[tuple[str, str]]:
    """Codes and names of the district's LSOAs."""
    names = list(DISTRICTS)
    first = FIRST_CODE + sum(DISTRICTS[name] for name in names[: names.index(district)])
    return [
        (f"E010{first + at}", f"{district} {at // 5 + 1:03d}{'ABCDE'[at % 5]}") for at in range(DISTRICTS[district])
    ]


def rows_of_month(month: Period, rows: int, seed: int = 2009) -> Iterator[Sequence[str]]:
    """The rows of a month: anti-social behaviour without Crime ID, some nowhere, some with an ID of the row before."""
    random = Random(f"{seed} {month.code} {rows}")  # noqa: S311
    places = [(*place, f"{-0.5 - at / 1000:.6f}", f"{52 + at / 1000:.6f}") for at, place in enumerate(_places())]
    kinds, weights = [IN_WORDS[kind] for kind in WEIGHTS], list(WEIGHTS.values())
    crime, place = "", places[0]
    drawn = (random.choices(kinds, weights, k=rows), random.choices(places, k=rows), random.choices(STREETS, k=rows))
    for kind, drawn_place, street in zip(*drawn, strict=True):
        is_incident = kind == CrimeType.ANTI_SOCIAL_BEHAVIOUR.label
        chance = random.random()
        if not crime or chance > REPEATED:
            crime, place = random.randbytes(32).hex(), drawn_place
        is_somewhere = chance <= 1 - WITHOUT_LOCATION
        code, name, longitude, latitude = place if is_somewhere else ("", "", "", "")
        yield (
            "" if is_incident else crime, month.code, REPORTED_BY, REPORTED_BY, longitude, latitude,
            street if is_somewhere else "No Location", code, name, kind,
            "" if is_incident else OUTCOMES[len(street) % 3], "",
        )  # fmt: skip


def _places() -> list[tuple[str, str]]:
    return [place for district in DISTRICTS for place in lsoas(district)]


def write_month(file: IO[bytes], month: Period, rows: int, seed: int = 2009) -> None:
    """One file."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows_of_month(month, rows, seed))
    text.flush()
    text.detach()


def file_name(month: Period, force: str = FORCE, what: str = "street") -> str:
    """What data.police.uk calls a file."""
    return f"{month.code}/{month.code}-{force}-{what}.csv"


def write_folder(folder: Path, months: Collection[Period], rows: int, *, without: Collection[Period] = ()) -> None:
    """A folder of months. Those in `without` have the file of a neighbouring force, and none of this one."""
    for month in months:
        path = folder / file_name(month, "kentwold" if month in without else FORCE)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_month(file, month, rows)


def write_archive(path: Path, months: Collection[Period], rows: int, *, without: Collection[Period] = ()) -> None:
    """The same as an archive."""
    with zipfile.ZipFile(path, "w", compresslevel=1) as archive:
        for month in months:
            name = file_name(month, "kentwold" if month in without else FORCE)
            member = zipfile.ZipInfo(name)  # dated 1980, as it is the same in every run
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as file:
                write_month(file, month, rows)


def months_until(last: Period, number: int) -> list[Period]:
    """So many months, the last of them last."""
    found = [last]
    while len(found) < number:
        found.append(found[-1].previous)
    return found[::-1]
