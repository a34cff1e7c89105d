import json
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csp_tracker.rag import RAG
from reports.document import (
    ChartLine,
    Column,
    Date,
    Fact,
    Facts,
    Gap,
    Kind,
    Light,
    LineChart,
    LineKind,
    Missing,
    Notes,
    Number,
    Paragraph,
    Percent,
    Precision,
    Row,
    Section,
    StreamedRows,
    Table,
    Text,
)
from reports.document_json import UnreadableDocument, digest, from_json, to_json
from tests.reports.exporters.example import example

CELLS = st.one_of(
    st.builds(Text, st.text(st.characters(exclude_categories=()))),
    st.builds(Number, st.decimals(-(10**12), 10**12, places=3), st.integers(0, 3), st.sampled_from(["", "£"])),
    st.builds(Percent, st.decimals(-1000, 1000, places=1), st.integers(0, 1)),
    st.builds(Date, st.dates(), st.sampled_from(Precision)),
    st.builds(Light, st.sampled_from(RAG), st.text(), st.text()),
    st.builds(Missing, st.text(), st.sampled_from("xzc")),
    st.just(Gap()),
)


def test_the_example_comes_back_as_it_went():
    document = example()
    assert from_json(to_json(document)) == document


@given(st.lists(CELLS, min_size=1, max_size=4))
@settings(deadline=None)
def test_every_cell_comes_back_as_it_went(cells):
    columns = [Column("x", Kind.DATE, 2.5, Missing("none", "z")) for _ in cells]
    table = Table("T", columns, [Row(cells, group="g", is_total=True)], group_heading="G")
    chart = LineChart("C", "T", [ChartLine(0, LineKind.LIMIT, is_in_key=False)], "w", "Number")
    blocks = [Paragraph("p"), Facts([Fact("a", "b")]), Notes(["n"]), chart, table]
    document = example(sections=[Section("S", blocks, name="s")])
    assert from_json(to_json(document)) == document


def test_the_same_document_has_the_same_digest_whatever_made_it():
    assert digest(example()) == digest(from_json(to_json(example())))
    assert digest(example()) != digest(example(title="Another"))
    assert len(digest(example())) == 64


def test_the_time_keeps_its_hour_and_its_zone():
    document = example(made_at=datetime(2010, 7, 1, 17, 5, tzinfo=ZoneInfo("Europe/London")))
    again = from_json(to_json(document))
    assert again.status == document.status
    assert again.made_at.utcoffset() == document.made_at.utcoffset()


def test_streamed_rows_are_kept_as_ordinary_ones():
    rows = [Row([Text("1.1")]), Row([Text("1.2")])]
    streamed = Table("T", [Column("No.")], StreamedRows(lambda: iter(rows)))
    again = from_json(to_json(example(sections=[Section("S", [streamed])])))
    assert again.sections[0].blocks[0].rows == tuple(rows)


def test_a_field_added_since_takes_its_default():
    kept = json.loads(to_json(example(marking="OFFICIAL")))
    del kept["document"]["marking"]
    assert from_json(json.dumps(kept)).marking == ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="not an object"),
        pytest.param('{"edition": 2, "document": {}}', id="another edition"),
        pytest.param('{"edition": 1, "document": {"is": "Popen"}}', id="no part of a document"),
        pytest.param('{"edition": 1, "document": {"is": "Text"}}', id="a field is missing"),
        pytest.param('{"edition": 1, "document": {"is": "Text", "value": "a", "other": 1}}', id="an unknown field"),
        pytest.param('{"edition": 1, "document": {"is": "Text", "value": "a"}}', id="a part only"),
        pytest.param('{"edition": 1, "document": {"is": "Number", "value": "many"}}', id="no number"),
    ],
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(UnreadableDocument):
        from_json(text)


def test_numbers_and_dates_keep_their_kind():
    cells = [Number(Decimal("7.20"), 2), Date(date(2016, 5, 1), Precision.MONTH), Light(RAG.RED)]
    table = Table("T", [Column(str(at)) for at in range(3)], [Row(cells)])
    again = from_json(to_json(example(sections=[Section("S", [table])]))).sections[0].blocks[0].rows[0].cells
    assert again[0].words == "7.20"
    assert again[1].day == date(2016, 5, 1)
    assert again[1].precision is Precision.MONTH
    assert again[2].rag is RAG.RED
