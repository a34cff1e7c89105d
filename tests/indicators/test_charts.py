"""The drawing: the same from the same data, sound, of the size that was said, whatever is in it."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from indicators.charts import draw, fingerprint, size_of
from tests.indicators.charting import baseline, chart, codes, kpi, months, reading, series, target

Q1 = "2025-26-Q1"
SHAPES = pytest.mark.parametrize("is_narrow", [False, True], ids=["wide", "narrow"])


def counted(*values, first=Q1, targets=(), baselines=(), **fields):
    indicator = kpi(**fields)
    return chart(indicator, series(indicator, first, *values), targets, baselines)


def with_everything():
    indicator = kpi()
    rows = [
        *series(indicator, "2024-25-Q1", 120, 115, None, 130),
        reading(indicator, "2025-26-Q1", 160, series_break=True, series_break_words="Sheds count too. " * 12),
        reading(indicator, "2025-26-Q2", 155, state="provisional"),
        reading(indicator, "2025-26-Q3", 150, qualifier="at_most"),
    ]
    aims = [target(indicator, code, value=118) for code in codes("2024-25-Q1", 8)]
    return chart(indicator, rows, [*aims, target(indicator, "2025-26-year", value=600)], [baseline("Q4 2023/24", 140)])


DRAWN = {
    "nothing": lambda: counted(),
    "one figure": lambda: counted(120),
    "noughts": lambda: counted(0, 0, 0),
    "below nought": lambda: counted("-4.2", "1.1", unit="per_cent", decimals=1),
    "yes or no": lambda: counted(0, 1, 1, unit="yes_no", roll_up="latest"),
    "pounds": lambda: counted(2_100_000, 1_985_000, unit="pounds"),
    "years": lambda: counted(*range(90, 110), first="2006-07-year", frequency="year"),
    "months": months,
    "everything": with_everything,
}


def words_of(drawing: bytes) -> str:
    root = ElementTree.fromstring(drawing)
    return " ".join("".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text"))


@SHAPES
@pytest.mark.parametrize("name", DRAWN)
def test_every_kind_of_chart_is_drawn_at_the_size_that_was_said(name, is_narrow):
    data = DRAWN[name]()
    drawing = draw(data, is_narrow=is_narrow)
    root = ElementTree.fromstring(drawing)
    width, height = size_of(data, is_narrow=is_narrow)
    assert root.get("viewBox") == f"0 0 {width} {height}"
    assert len(drawing) < 60_000


def test_the_same_data_make_the_same_picture_and_other_data_another():
    data, same, other = counted(120, 110), counted(120, 110), counted(120, 111)
    assert draw(data) == draw(same) != draw(other)
    names = {fingerprint(one, kind=kind, is_narrow=narrow) for one in (data, same, other) for kind in ("svg", "png")
             for narrow in (False, True)}  # fmt: skip
    assert len(names) == 2 * 2 * 2


def test_drawings_made_at_the_same_time_do_not_disturb_each_other():
    data = [with_everything(), months(), counted(120, 110)] * 3
    alone = [draw(one) for one in data[:3]] * 3
    with ThreadPoolExecutor(4) as people:
        assert list(people.map(draw, data)) == alone


def test_a_drawing_holds_its_words_as_words_and_nothing_that_runs():
    drawing = draw(with_everything())
    assert "Target 118" in words_of(drawing)
    assert "A: counted differently from Q1 2025/26. Sheds count too." in words_of(drawing)
    assert b"<script" not in drawing
    assert b"DejaVu" not in drawing, "the page's own fonts"
    assert set(re.findall(rb"https?://[^\"'<> ]+", drawing)) <= {
        b"http://www.w3.org/2000/svg",
        b"http://www.w3.org/1999/xlink",
        b"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd",
        b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        b"http://purl.org/dc/elements/1.1/",
        b"http://purl.org/dc/dcmitype/StillImage",
        b"http://creativecommons.org/ns#",
    }


def test_words_of_a_person_stay_words():
    indicator = kpi(name="<script>alert(1)</script> & $x_1$")
    words = "Costs in $ & <b>pounds</b>"
    broken = reading(indicator, "2025-26-Q2", 9, series_break=True, series_break_words=words)
    drawing = draw(chart(indicator, [*series(indicator, Q1, 8), broken]))
    assert words in words_of(drawing)
    assert b"<script" not in drawing


def test_a_paper_gets_a_picture_of_its_own_kind():
    assert draw(counted(120, 110), kind="png").startswith(b"\x89PNG")


def test_a_scale_that_does_not_begin_at_nought_says_so():
    assert "the scale does not begin at 0" in words_of(draw(counted(1884, 1990, 2030)))
    assert "does not begin" not in words_of(draw(counted(4, 9, 14)))


@SHAPES
def test_many_figures_are_not_all_written_out(is_narrow):
    many = words_of(draw(counted(*range(1101, 1113)), is_narrow=is_narrow))
    assert "1,112" in many
    assert "1,107" not in many


@settings(max_examples=25, deadline=None)
@given(
    values=some.lists(some.none() | some.decimals(-(10**13), 10**13, places=4), min_size=1, max_size=14),
    aim=some.decimals(-(10**13), 10**13, places=4),
    polarity=some.sampled_from(["higher", "lower", "band", "monitor"]),
    unit=some.sampled_from(["number", "per_cent", "rate", "pounds", "score", "yes_no"]),
    is_narrow=some.booleans(),
)
def test_no_figures_break_the_drawing(values, aim, polarity, unit, is_narrow):
    indicator = kpi(polarity=polarity, unit=unit, frequency="month", decimals=2, roll_up="average")
    rows = series(indicator, "2024-01", *values)
    drawing = draw(chart(indicator, rows, [target(indicator, "2024-01", value=aim)]), is_narrow=is_narrow)
    assert ElementTree.fromstring(drawing) is not None


def test_a_figure_beyond_reason_is_no_figure_to_draw():
    indicator = kpi()
    rows = [reading(indicator, Q1, 5), reading(indicator, "2025-26-Q2", 6)]
    rows[1].value = Decimal("Infinity")
    assert len(chart(indicator, rows).marks) == 1
