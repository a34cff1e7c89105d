from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from csp_tracker.periods import Period, PeriodKind
from csp_tracker.rag import RAG
from indicators.services.standing import standings
from reports.builders.kpis import kpis_paper, scorecard_paper
from reports.builders.progress import progress_paper
from reports.exporters import xlsx
from tests import builders as make

pytestmark = pytest.mark.django_db
Q1 = make.QUARTER
MONTHS = [Period.parse(code) for code in ("2025-04", "2025-05", "2025-06")]


@pytest.fixture
def partnership():
    return make.make_partnership("Maldon CSP")


@pytest.fixture
def manager(partnership):
    return make.make_manager(partnership, name="Mo Manager")


@pytest.fixture
def listed(partnership, manager):
    def paper(*kpis, shown="All KPIs measured now"):
        stood = standings(kpis, Q1)
        return kpis_paper(
            partnership=partnership, stood=[stood[kpi.pk] for kpi in kpis], quarter=Q1, shown=shown,
            made_at=make.NOW, user=manager,
        )  # fmt: skip

    return paper


def kpi_of(partnership, **fields):
    return make.make_indicator(partnership, **{"reference": "K1", "name": "Burglaries"} | fields)


def block(document, name):
    (section,) = (section for section in document.sections if section.short_name == name)
    return section.blocks[-1]


def rows(document, name="KPIs"):
    found = block(document, name)
    headings = [column.heading for column in found.columns]
    return [dict(zip(headings, [cell.words for cell in row.cells], strict=True)) for row in found.each_row()]


def facts(document):
    return {fact.name: fact.value for fact in document.facts}


def test_a_kpi_stands_with_its_figure_target_light_and_why(partnership, listed):
    owner = make.make_officer(partnership, name="Nadia Firth")
    kpi = kpi_of(partnership, owner=owner, agency=make.make_agency(partnership, "Essex Police", short_name="Police"))
    why = "1,884 meets the target of 1,984."
    make.make_target(kpi)
    make.make_reading(kpi, rating=RAG.GREEN, rating_why=why)
    make.make_reading(kpi, Period.of_quarter(Q1.previous), value=1900)
    assert rows(listed(kpi)) == [
        {
            "Ref.": "K1",
            "KPI": "Burglaries",
            "Kind": "Ours",
            "Period": "Q1 2025/26",
            "Figure": "1,884",
            "Unit": "Number",
            "How it was made": "Entered",
            "Light": "Green",
            "Why": why,
            "Target": "1,984",
            "Year to date": "1,884",
            "How the year to date was made": "Sum of 1 quarter",
            "On the period before": "↑ Improved",
            "On a year before": "[z] not compared",
            "Owner": "Nadia Firth, Police",
        }
    ]


def test_months_put_together_say_so_and_a_missing_one_too(partnership, listed):
    whole = kpi_of(partnership, frequency="month")
    part = kpi_of(partnership, frequency="month", reference="K2")
    for month, value in zip(MONTHS, (10, 12, 9), strict=True):
        make.make_reading(whole, month, value=value, state="provisional" if value == 9 else "final")
    make.make_reading(part, MONTHS[0], value=3)
    first, second = rows(listed(whole, part))
    assert first["Figure"] == first["Year to date"] == "31"
    assert first["How it was made"] == "Sum of April to June 2025, provisional"
    assert first["How the year to date was made"] == "Sum of 3 months, provisional"
    assert (second["Figure"], second["How it was made"]) == ("[x] incomplete", "May 2025 and June 2025 missing")
    assert second["Light"] == "Not rated"
    assert second["Why"].startswith("Incomplete, not rated")
    assert second["Year to date"] == "[x] incomplete"


@pytest.mark.parametrize(
    ("fields", "reading", "figure"),
    [
        ({}, None, "[x] no figure"),
        ({}, {"value": None, "state": "awaited"}, "[x] awaited"),
        ({}, {"value": 400, "qualifier": "about"}, "about 400"),
        ({"unit": "per_cent", "decimals": 1}, {"value": Decimal("95.9")}, "95.9%"),
        ({"unit": "pounds"}, {"value": 2000}, "£2,000"),
        ({"unit": "yes_no"}, {"value": 1}, "Yes"),
    ],
)
def test_a_figure_is_printed_in_its_unit_or_says_why_there_is_none(partnership, listed, fields, reading, figure):
    kpi = kpi_of(partnership, **fields)
    if reading:
        make.make_reading(kpi, **reading)
    assert rows(listed(kpi))[0]["Figure"] == figure


def test_a_target_of_another_period_or_a_band_is_in_words(partnership, listed):
    yearly, band = kpi_of(partnership), kpi_of(partnership, reference="K2", polarity="band")
    make.make_target(yearly, Period.containing(PeriodKind.YEAR, Q1.starts_on), value=7900)
    make.make_target(band, value=None, low=5, high=8)
    make.make_reading(yearly)
    make.make_reading(band, value=6)
    assert [row["Target"] for row in rows(listed(yearly, band))] == ["7,900 for 2025/26", "5 to 8"]


def test_a_figure_that_does_not_add_up_has_no_year_to_date(partnership, listed):
    kpi = kpi_of(partnership, roll_up="latest")
    make.make_reading(kpi)
    assert rows(listed(kpi))[0]["Year to date"] == "[z] not added up"


def test_the_light_as_published_has_a_column_where_there_is_one(partnership, listed):
    kpi = kpi_of(partnership)
    make.make_reading(kpi, published_rag=RAG.AMBER, published_word="Under control")
    other = kpi_of(partnership, reference="K2")
    assert [row["As published"] for row in rows(listed(kpi, other))] == ["Amber (Under control)", ""]
    assert "As published" not in rows(listed(other))[0]


def test_ours_stand_before_context_and_are_counted_apart(partnership, listed):
    context = kpi_of(partnership, is_context=True)
    ours = [kpi_of(partnership, reference=f"K{number}") for number in (2, 3, 4)]
    for kpi, light in zip((context, *ours), (RAG.RED, RAG.GREEN, RAG.RED, RAG.NOT_RATED), strict=True):
        make.make_reading(kpi, rating=light)
    document = listed(context, *ours)
    assert [row["Kind"] for row in rows(document)] == ["Ours", "Ours", "Ours", "Context"]
    assert facts(document) == {
        "Shown": "All KPIs measured now",
        "Lights, ours": "1 red, 0 amber, 1 green, 1 not rated; 1 of 2 rated are green (50%)",
        "Lights, context": "1 red, 0 amber, 0 green, 0 not rated; 0 of 1 rated are green (0%)",
        "Made by": "Mo Manager",
    }


def test_the_rules_and_definitions_are_said(partnership, listed):
    own = kpi_of(partnership, definition="Homes broken into.", source="Police", unit="rate", rate_per=1000)
    make.make_scheme(partnership, indicator=own, amber_tolerance=5)
    document = listed(own, kpi_of(partnership, reference="K2", polarity="monitor"))
    rules = {row["For"]: row["Rule"] for row in rows(document, "Rules")}
    assert "Amber: within 5% of target" in rules["K1"]
    assert "KPIs that are monitored only" in rules
    first, _ = rows(document, "Definitions")
    assert (first["Definition"], first["Unit"], first["Source"]) == ("Homes broken into.", "Rate per 1,000", "Police")


def test_nothing_to_list_says_so(listed):
    document = listed(shown="Light: Red")
    assert facts(document)["Lights, ours"] == "No KPIs"
    assert block(document, "KPIs").when_no_rows == "There is no KPI to list."
    assert [section.short_name for section in document.sections] == ["KPIs"]


def test_what_is_not_for_publication_is_counted(partnership, listed):
    document = listed(kpi_of(partnership, not_for_publication=True))
    assert document.notes == ("KPIs that are not for publication in this copy: 1.",)


def test_figures_are_figures_in_the_workbook(partnership, listed):
    kpi = kpi_of(partnership, unit="per_cent", decimals=1, name="=HYPERLINK(1)")
    make.make_reading(kpi, value=Decimal("95.9"))
    make.make_target(kpi, value=Decimal("97.5"))
    sheet = load_workbook(BytesIO(xlsx.render(listed(kpi))))["KPIs"]
    headings, row = sheet.iter_rows(min_row=4)
    cells = dict(zip([cell.value for cell in headings], row, strict=True))
    assert (cells["Figure"].value, cells["Figure"].number_format) == (0.959, "0.0%")
    assert cells["Target"].value == 0.975
    assert (cells["KPI"].value, cells["KPI"].data_type) == ("=HYPERLINK(1)", "s")
    assert cells["KPI"].font.bold


# A plan's KPIs


@pytest.fixture
def plan(partnership):
    return make.make_plan(partnership, title="Safer streets", marking="OFFICIAL")


@pytest.fixture
def served(partnership, plan):
    """A KPI of the whole first priority and of one of its actions."""
    kpi = kpi_of(partnership)
    make.make_reading(kpi, rating=RAG.RED, rating_why="Too many.")
    action = make.make_action(plan)
    make.link(action, kpi)
    action.objective.priority.indicators.add(kpi)
    return kpi


def test_the_scorecard_says_what_each_kpi_serves(plan, served, manager):
    document = scorecard_paper(plan=plan, quarter=Q1, made_at=make.NOW, user=manager)
    assert (document.title, document.marking) == ("Safer streets: KPI scorecard, Q1 2025/26", "OFFICIAL")
    (row,) = rows(document, "Scorecard")
    assert (row["KPI"], row["Serves"], row["Why"]) == ("Burglaries", "Priority 1, 1.1.1", "Too many.")
    assert facts(document)["Lights, ours"].startswith("1 red")


def test_the_progress_paper_has_the_plans_kpis_with_their_rules_above(plan, served, manager):
    document = progress_paper(plan=plan, quarter=Q1, made_at=make.NOW, user=manager, with_kpis=True)
    (row,) = rows(document)
    assert (row["KPI"], row["Light"], row["Serves"]) == ("Burglaries", "Red", "Priority 1, 1.1.1")
    sheet = load_workbook(BytesIO(xlsx.render(document)))["KPIs"]
    lines = [cell.value for (cell,) in sheet["A1:A8"]]
    assert lines[0] == "The plan’s KPIs in Q1 2025/26"
    assert any("Amber: within 10% of target" in line for line in lines)
    assert any("another thing than the light of an action" in line for line in lines)


def test_a_plan_without_kpis_has_no_sheet_of_them(plan, manager):
    make.make_action(plan)
    document = progress_paper(plan=plan, quarter=Q1, made_at=make.NOW, user=manager, with_kpis=True)
    assert [section.short_name for section in document.sections] == ["Summary", "Exceptions", "Action plan"]
