"""Small street-level files for tests, a line for each crime."""

import csv
import io
import zipfile

from csp_tracker.periods import Period
from indicators.importing.police import Area, count_crimes, opened
from indicators.importing.police.rows import COLUMNS

AREA = Area("aldershire", district="Northmere")
HERE, THERE, NOWHERE = ("E01099001", "Northmere 001A"), ("E01099101", "Southmere 001A"), ("", "")


def crime(kind="Burglary", at=HERE, *, month="2024-03", crime_id="", force="Aldershire Police"):
    """One row."""
    code, name = at
    place = "On or near Mere Lane" if code else "No Location"
    return [crime_id, month, force, force, "", "", place, code, name, kind, "", ""]


def street(*rows, heading=COLUMNS):
    """A file of these rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode()


def put(folder, name, *rows, **more):
    """Write a file; several months of a folder are written one by one."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(street(*rows, **more))
    return path


def put_month(folder, month, *rows, force="aldershire", what="street"):
    """Write the file of a force and month where data.police.uk would have it."""
    rows = [[row[0], month, *row[2:]] for row in rows]
    return put(folder, f"{month}/{month}-{force}-{what}.csv", *rows)


def archive(path, folder):
    """The files of a folder as an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.rglob("*.csv")):
            made.write(file, file.relative_to(folder).as_posix())
    return path


def count(*paths, area=AREA):
    """Open and count."""
    with opened(paths) as sources:
        return count_crimes(sources, area)


def month(code):
    return Period.parse(code)
