"""How much of everything a file may have, and what reading it may take."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024

LARGEST_FILE = 5 * MEGABYTE
LARGEST_ENTRIES = 500  # parts of an Office file
LARGEST_UNPACKED = 30 * MEGABYTE
DEEPEST_XML = 200

LARGEST_ROWS = 2_000  # of one table or sheet
LARGEST_COLUMNS = 60
LARGEST_SHEETS = 20
LARGEST_TABLES = 500
LARGEST_ROWS_OF_FILE = 5_000
LARGEST_CELL = 40_000  # characters; Excel itself stops at 32,767
LARGEST_TEXT = 5_000_000  # characters of all cells
LARGEST_MERGES = 20_000
LARGEST_MERGED_AREA = 200_000  # places: a title merged over whole rows of a sheet is honest, a merged sheet is not
LONGEST_ADDRESS = 2_000  # characters of a link
BLANK_ROWS = 200  # after so many, what comes is no part of the plan


@dataclass(frozen=True)
class Limits:
    """What reading one file may take: seconds of the processor, seconds on the clock, bytes."""

    processor: int = 6
    clock: int = 8
    memory: int = 700 * MEGABYTE
    file: int = 64 * MEGABYTE
