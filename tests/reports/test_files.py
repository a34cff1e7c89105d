import csv
from io import BytesIO, StringIO

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from csp_tracker.rag import RAG
from tests import builders as make

pytestmark = pytest.mark.django_db
QUARTER = make.QUARTER
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def partnership():
    return make.make_partnership()


@pytest.fixture
def viewer(client, partnership):
    viewer = make.make_viewer(partnership)
    client.force_login(viewer)
    return viewer


@pytest.fixture
def kpis(partnership, viewer):
    """Three KPIs, the first red, the second archived, the third not rated and of context."""
    red, old, context = (
        make.make_indicator(partnership, reference=f"K{number}", **fields)
        for number, fields in enumerate(({}, {"archived_at": make.NOW}, {"is_context": True}), 1)
    )
    make.make_reading(red, rating=RAG.RED)
    return red, old, context


def file_of(name, **parts):
    return reverse(name, kwargs={"quarter": QUARTER, "extension": "csv"} | parts)


def lines(answer):
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def references(answer):
    return [line[0] for line in lines(answer)[1:]]


def test_the_list_comes_as_a_table_of_all_kpis_measured_now(client, partnership, kpis):
    answer = client.get(file_of("kpis_file"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f"{partnership.slug}-kpis-2025-26-q1-working-copy.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert references(answer) == ["K1", "K3"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"light": "red"}, ["K1"]),
        ({"kind": "context"}, ["K3"]),
        ({"archived": "yes"}, ["K2"]),
        ({"words": "nothing like it"}, []),
        ({"quarter": "2019-20-Q1", "page": "7"}, ["K1", "K3"]),
        ({"light": "nonsense"}, ["K1", "K3"]),
    ],
)
def test_the_list_is_narrowed_by_the_pages_query_string(client, kpis, query, expected):
    assert references(client.get(file_of("kpis_file"), query)) == expected


def test_the_workbook_says_how_the_list_was_narrowed(client, kpis):
    answer = client.get(file_of("kpis_file", extension="xlsx"), {"light": "red", "words": "incidents"})
    assert answer.headers["Content-Type"] == WORKBOOK
    cover = {row[0].value: row[1].value for row in load_workbook(BytesIO(answer.content))["Cover"].iter_rows(max_col=2)}
    assert cover["Shown"] == "Words: incidents; Light: Red"


def test_the_list_is_of_the_persons_own_partnership(client, viewer):
    make.make_indicator(reference="FOREIGN")
    assert references(client.get(file_of("kpis_file"))) == []


def test_the_scorecard_of_a_plan_comes_as_a_table(client, partnership, kpis):
    plan = make.make_plan(partnership)
    make.link(make.make_action(plan), kpis[0])
    answer = client.get(file_of("plan_kpis_file", slug=plan.slug))
    assert references(answer) == ["K1"]
    assert "kpi-scorecard-2025-26-q1" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(("query", "has_kpis"), [("", False), ("?kpis=yes", True), ("?kpis=no", False)])
def test_the_plans_workbook_has_its_kpis_where_they_are_asked_for(client, partnership, kpis, query, has_kpis):
    plan = make.make_plan(partnership)
    make.link(make.make_action(plan), kpis[0])
    answer = client.get(file_of("plan_report", extension="xlsx", slug=plan.slug) + query)
    assert ("KPIs" in load_workbook(BytesIO(answer.content)).sheetnames) is has_kpis


def test_one_kpi_comes_as_a_workbook(client, partnership, kpis):
    answer = client.get(reverse("indicator_file", args=[kpis[0].pk, "xlsx"]))
    assert answer.headers["Content-Type"] == WORKBOOK
    name = f"{partnership.slug}-kpi-k1-2025-26-q1-working-copy.xlsx"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert load_workbook(BytesIO(answer.content))["Cover"]["A1"].value.startswith("KPI K1")


def test_an_archived_kpi_keeps_its_workbook(client, kpis):
    assert client.get(reverse("indicator_file", args=[kpis[1].pk, "xlsx"])).status_code == 200


def test_what_there_is_no_file_of_is_not_found(client, partnership, kpis):
    plan = make.make_plan(partnership)
    missing = [
        reverse("indicator_file", args=[kpis[0].pk, "csv"]),
        file_of("kpis_file", extension="pdf"),
        file_of("plan_kpis_file", slug=plan.slug, extension="pdf"),
        file_of("plan_kpis_file", slug=plan.slug, quarter=plan.first_quarter.previous),
        file_of("plan_report", slug=plan.slug),
        "/reports/kpis/1066-67-Q1.csv",
    ]
    assert {client.get(url).status_code for url in missing} == {404}


def test_a_file_is_only_read(client, kpis):
    assert client.post(file_of("kpis_file")).status_code == 405
