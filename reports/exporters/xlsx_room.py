"""How much room words take in a workbook's cell: Excel neither heightens a wrapped row by itself nor prints beyond it.

Words are laid out with the letter widths of Arial, as Excel does it: they are broken between words, and a word longer
than the line is broken where the line ends. Laying out every cell would take as long as writing the file: a row first
asks each cell for the most lines it could take and lays out only those that may be its tallest.
"""

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

LINE_HEIGHT = 12.75
PADDING = 4
TALLEST_ROW = 409
MOST_LINES = int((TALLEST_ROW - PADDING) / LINE_HEIGHT)
LONGEST_CELL = 32_767

# Widths in thousandths of the letter size. Excel's unit of column width is a digit, 7 pixels at 10 points.
UNIT = 7 / 13.333 * 1000
CELL_MARGIN = 5 / 13.333 * 1000
SAFETY = 0.97  # screens and printers round each letter's width
BOLD_SHARE = 0.93
SPACE = 278
WIDE = 1000
ORDINARY = 556
LETTERS = {
    letter: width
    for width, letters in {
        191: "'",
        222: "ijl‘’",
        278: " !,./:;I[\\]ft",
        333: "()-`r“”",
        389: "*",
        500: "Jckszvxy",
        584: "+<=>~",
        611: "FTZ",
        667: "&ABEKPSVXY",
        722: "CDHNRUw",
        778: "GOQ",
        833: "Mm",
        889: "%",
        944: "W",
        1000: "—…",
        1015: "@",
    }.items()
    for letter in letters
}
WIDEST_AVERAGE = 760
LONGEST_WORD_REMEMBERED = 40
FIRST_WIDE_CHARACTER = "\u1100"

ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def height(lines: int) -> float:
    """The height of a row of so many lines, within what Excel allows."""
    return min(TALLEST_ROW, lines * LINE_HEIGHT + PADDING)


class Tallest:
    """The tallest of the cells of one row."""

    def __init__(self) -> None:
        self.cells: list[tuple[int, str, float]] = []

    def add(self, words: str, width: float) -> int:
        """Take a cell into account; gives the most lines it could take."""
        most = most_lines(words, width)
        if most > 1:
            self.cells.append((most, words, width))
        return most

    def lines(self) -> int:
        """The lines of the row; words are laid out only where they could be more than those before."""
        lines = 1
        for most, words, width in sorted(self.cells, reverse=True):
            if most <= lines:
                break
            lines = max(lines, lines_needed(words, width))
        return lines


def lines_of_row(cells: Iterable[tuple[str, float]]) -> int:
    """The lines of a row of words in columns of these widths: those of its tallest cell."""
    tallest = Tallest()
    for words, width in cells:
        tallest.add(words, width)
    return tallest.lines()


def most_lines(words: str, width: float) -> int:
    """How many lines the words could take at most, reckoned in no time."""
    average = WIDEST_AVERAGE if words.isascii() else WIDE
    if "\n" not in words and len(words) * average <= _line(width):
        return 1
    return 1 + words.count("\n") + int(len(words) * average / max(WIDE, _line(width) - 4 * ORDINARY))


def lines_needed(words: str, width: float) -> int:
    """How many lines the words take in a column of this width."""
    line, lines = _line(width), 0
    for paragraph in words.split("\n"):
        lines, used = lines + 1, 0
        for word in paragraph.split(" "):
            length = _length(word)
            if used and used + SPACE + length > line:
                lines, used = lines + 1, length
            else:
                used += length + (SPACE if used else 0)
            if used > line:
                broken = math.ceil(used / line) - 1
                lines, used = lines + broken, int(used - broken * line)
    return lines


def characters_on_a_line(words: str, width: float) -> int:
    """How many characters of such words stand on a line, about."""
    average = sum(map(_letter, words[:1000])) / len(words[:1000]) if words else ORDINARY
    return max(1, int((_line(width) - 2 * ORDINARY) / max(average, SPACE)))


def fits_a_cell(words: str) -> int:
    """How many of these characters a cell surely holds: Excel counts pairs twice, and escapes grow."""
    if len(words) * 3 <= LONGEST_CELL:
        return len(words)
    return min(len(words), LONGEST_CELL // (1 + (max(words) > "\uffff") + (ESCAPE.search(words) is not None)))


def pieces(words: str, width: float) -> Iterator[str]:
    """The words cut, between words where possible, into parts one row can show; joined they are whole."""
    start = 0
    while start < len(words):
        room = characters_on_a_line(words[start : start + LONGEST_CELL], width)
        end = _end_of_piece(words, start, room)
        while lines_needed(words[start:end], width) > MOST_LINES:
            room = room * 3 // 4
            end = _end_of_piece(words, start, room)
        yield words[start:end]
        start = end


def encoded(words: str) -> str:
    """Words as a workbook keeps them: Excel reads "_x0041_" as "A" unless its first underscore is written out."""
    return ESCAPE.sub("_x005F_", words) if "_x" in words else words


@lru_cache(maxsize=512)
def _line(width: float) -> float:
    """The length of a line in a column of this width."""
    return max(WIDE, (width * UNIT - CELL_MARGIN) * SAFETY)


def _length(word: str) -> int:
    return _remembered_length(word) if len(word) <= LONGEST_WORD_REMEMBERED else sum(map(_letter, word))


@lru_cache(maxsize=8192)
def _remembered_length(word: str) -> int:
    return sum(map(_letter, word))


def _letter(character: str) -> int:
    """The width of a letter: Chinese, Japanese, Korean and pictures are wide, others unknown are as a digit."""
    if character >= FIRST_WIDE_CHARACTER and (character < "\u1200" or character >= "\u2e80"):
        return WIDE
    return LETTERS.get(character, ORDINARY)


def _end_of_piece(words: str, start: int, room: int) -> int:
    lines, at = 0, start
    while at < len(words):
        line_end = words.find("\n", at) + 1 or len(words)
        needed = max(1, math.ceil((line_end - at) / room))
        if lines + needed > MOST_LINES:
            if lines:
                return at
            latest = at + MOST_LINES * room
            return words.rfind(" ", at + 1, latest) + 1 or latest
        lines, at = lines + needed, line_end
    return at
