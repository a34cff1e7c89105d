"""Words that any database, spreadsheet and Word file can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.text import clean_text, one_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("one\x0btwo", "one\ntwo", id="vertical tab of Word"),
        pytest.param("one\x0ctwo", "one\ntwo", id="form feed"),
        pytest.param("one\r\ntwo\rthree", "one\ntwo\nthree", id="line breaks of other systems"),
        pytest.param("a\x00b\x07c\x1bd\x7fe\x85f\x9fg", "abcdefg", id="controls"),
        pytest.param("tab\tand\nline", "tab\tand\nline", id="tab and newline stay"),
        pytest.param("half \ud800 pair", "half  pair", id="surrogate"),
        pytest.param("\ufdd0a\ufffeb\U0010ffffc", "abc", id="noncharacters"),
        pytest.param("=1+1 ‏עברית 👍 £", "=1+1 ‏עברית 👍 £", id="everything else stays"),
    ],
)
def test_only_what_no_file_can_hold_is_dropped(text, expected):
    assert clean_text(text) == expected


@given(st.text(alphabet=st.characters()))
def test_clean_words_stay_as_they_are(text):
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode()


def test_one_line_has_single_spaces():
    assert one_line("  a\n\tb  c ") == "a b c"
