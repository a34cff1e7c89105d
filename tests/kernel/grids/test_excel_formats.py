"""How numbers look under the formats that people choose in Excel."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.grids.excel_formats import is_date, moment, shown_number

ACCOUNTS = '_-* #,##0.00_-;\\-* #,##0.00_-;_-* "-"??_-;_-@_-'


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("1.1", "General", "1.1"),
        ("1.1", "@", "1.1"),
        ("1.1", "0.00", "1.10"),
        ("0.959", "0.0%", "95.9%"),
        ("0.5", "0%", "50%"),
        ("95.9", '0.0"%"', "95.9%"),
        ("95.9", "0.0\\%", "95.9%"),
        ("2.5", "0", "3"),
        ("-0.001", "0.00", "0.00"),
        ("15243", "#,##0", "15,243"),
        ("1234567", '#,##0,"k"', "1,235k"),
        ("1234", "[$£-809]#,##0.00", "£1,234.00"),
        ("1234", '"£"#,##0', "£1,234"),
        ("-1234", "£#,##0;[Red]-£#,##0", "-£1,234"),
        ("-1234.5", "_(* #,##0.00_);_(* \\(#,##0.00\\);_(@_)", "-1,234.50"),
        ("1234.5", ACCOUNTS, "1,234.50"),
        ("-5", ACCOUNTS, "-5.00"),
        ("0", ACCOUNTS, "0.00"),
        ("5", ";;;", "5"),
        ("12", '0" incidents"', "12 incidents"),
        ("1.5", "0.0##", "1.5"),
        ("2", "0.##", "2"),
        ("0.5", "# ?/?", "0.5"),
        ("1234", "0.00E+00", "1234"),
        ("150", "[>100]0.0;0", "150"),
        ("7", "000", "007"),
        ("1", "0" * 300, "000000000000001"),
        ("1", "0." + "0" * 300, "1"),
        ("1e20", "#,##0", "100000000000000000000"),
    ],
)
def test_a_number_under_a_format(number, code, expected):
    assert shown_number(Decimal(number), code) == expected


@pytest.mark.parametrize("code", ["dd/mm/yyyy", "mmm-yy", "[$-809]d mmmm yyyy", "h:mm", "[h]:mm", "yyyy", "mm:ss.0"])
def test_formats_of_dates(code):
    assert is_date(code)


@pytest.mark.parametrize(
    "code",
    ["General", "Standard", "", "@", "0.00", "[Red]0", '0" days"', "#,##0_-", "\\d0", "_d0", "[$USD] 0", ACCOUNTS],
)
def test_formats_of_other_numbers(code):
    assert not is_date(code)


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(alphabet='0#,.%;"\\_*[]$£-hdmys@E/? ', max_size=12))
def test_no_format_breaks_a_number(number, code):
    moment(number, code, from_1904=False)
    is_date(code)
    assert shown_number(Decimal(f"{number:.15g}"), code)
