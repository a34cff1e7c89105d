import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.exporters.xlsx_room import (
    MOST_LINES,
    encoded,
    fits_a_cell,
    height,
    lines_needed,
    lines_of_row,
    most_lines,
    pieces,
)


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        pytest.param("", 10, 1, id="nothing"),
        pytest.param("GREEN", 12, 1, id="a light"),
        pytest.param("one\ntwo\n\nfour", 30, 4, id="line breaks"),
        pytest.param("TRAFFIC LIGHT", 12, 2, id="a heading"),
        pytest.param("w" * 100, 20, 8, id="a word longer than its line"),
        pytest.param("iiii iiii iiii iiii", 10, 1, id="narrow letters"),
        pytest.param("WWWW WWWW WWWW WWWW", 10, 4, id="wide letters"),
        pytest.param("警察と地域", 6, 2, id="Chinese and Japanese"),
    ],
)
def test_lines_are_counted_as_letters_are_wide(words, width, lines):
    assert lines_needed(words, width) == lines


@given(st.text(st.sampled_from("ab W\nm.警")), st.floats(5, 150))
@settings(deadline=None)
def test_no_words_take_more_lines_than_their_most(words, width):
    assert lines_needed(words, width) <= most_lines(words, width)


def test_a_row_is_as_tall_as_its_tallest_cell():
    assert lines_of_row([("short", 20), ("a\nb\nc", 20), ("word " * 20, 30)]) == lines_needed("word " * 20, 30)
    assert lines_of_row([]) == 1


def test_no_row_is_taller_than_excel_allows():
    assert height(MOST_LINES) <= height(1000) == 409


@given(st.text(st.sampled_from("ab W\nm.警"), max_size=3000), st.floats(5, 150))
@settings(deadline=None)
def test_pieces_make_the_whole_and_each_can_be_shown(words, width):
    parts = list(pieces(words, width))
    assert "".join(parts) == words
    assert all(part and lines_needed(part, width) <= MOST_LINES for part in parts)


def test_pieces_are_cut_between_words():
    parts = list(pieces("word " * 2000, 40))
    assert len(parts) > 2
    assert all(part.endswith("word ") for part in parts)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("_x0041_", "_x005F_x0041_"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("file_x1.doc", "file_x1.doc"),
        ("plain", "plain"),
    ],
)
def test_what_looks_like_a_code_is_written_out(words, kept):
    assert encoded(words) == kept


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("a" * 10, 10),
        ("a" * 40_000, 32_767),
        ("🚓" * 40_000, 16_383),
        ("_x0041_" * 6000, 16_383),
        ("a" * 20_000, 20_000),
    ],
)
def test_a_cell_holds_so_many_characters(words, fits):
    assert fits_a_cell(words) == fits
