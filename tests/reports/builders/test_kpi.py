from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from indicators import services
from indicators.services import POLICE_SOURCE
from reports.builders.kpi import kpi_paper
from reports.document import Gap, LineKind
from reports.exporters import xlsx
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make.make_partnership("Maldon CSP")


@pytest.fixture
def manager(partnership):
    return make.make_manager(partnership, name="Mo Manager")


@pytest.fixture
def paper(manager):
    return lambda kpi: kpi_paper(indicator=kpi, made_at=make.NOW, user=manager)


def kpi_of(partnership, **fields):
    return make.make_indicator(partnership, **{"reference": "K1", "name": "Burglaries"} | fields)


def enter(kpi, **figures):
    """Readings by period: `q1_2024=8` is the first quarter of 2024/25, `m_2025_04=8` April 2025, `y_2024=8` 2024/25."""
    for name, value in figures.items():
        fields = value if isinstance(value, dict) else {"value": value}
        make.make_reading(kpi, period_of(name), **fields)


def period_of(name):
    first, *others = name.split("_")
    if first == "m":
        return Period.parse("-".join(others))
    year = int(others[0])
    code = f"{year}-{(year + 1) % 100:02}"
    return Period.parse(f"{code}-year" if first == "y" else f"{code}-{first.upper()}")


RULE = "Green: on target or better. Amber: within 10% of target. Red: otherwise."
AWAITED = {"value": None, "state": "awaited"}


def facts(document):
    return {fact.name: fact.value for fact in document.facts}


def sections(document):
    return [section.short_name for section in document.sections]


def block(document, name):
    (section,) = (section for section in document.sections if section.short_name == name)
    return section.blocks[-1]


def rows(document, name):
    found = block(document, name)
    headings = [column.heading for column in found.columns]
    return [dict(zip(headings, [cell.words for cell in row.cells], strict=True)) for row in found.each_row()]


def test_the_cover_says_how_the_kpi_stands_and_by_which_rule(partnership, paper):
    kpi = kpi_of(partnership, why="Homes should be safe.", is_context=True)
    make.make_target(kpi, value=10, text="10")
    enter(kpi, q1_2025={"value": 8, "rating": RAG.GREEN, "rating_why": "8 meets the target of 10."}, q1_2024=9)
    document = paper(kpi)
    assert document.title == "KPI K1 Burglaries"
    assert document.about == "Homes should be safe."
    assert document.period == "Readings for Q1 2024/25 to Q1 2025/26"
    assert document.period_code == "2025-26-Q1"
    assert facts(document) == {
        "Kind": "Context: measured, not owned, by the partnership",
        "Figure for Q1 2025/26": "8",
        "Light": "Green. 8 meets the target of 10.",
        "Target": "10",
        "Direction": "↑ Improved since Q1 2024/25",
        "How it is rated": f"{RULE} The standard rule.",
        "Made by": "Mo Manager",
    }


def test_a_kpi_without_readings_has_its_paper_too(partnership, paper):
    document = paper(kpi_of(partnership))
    assert document.period == "No readings yet"
    assert document.period_code == "2025-26-Q1"
    assert facts(document)["Figure for Q1 2025/26"] == "None"
    assert sections(document) == ["Readings", "Targets", "Baselines", "About", "Serves"]
    words = [block(document, name).when_no_rows for name in ("Readings", "Targets", "Baselines", "Serves")]
    assert words == [
        "There are no readings.",
        "No target has been set.",
        "No baseline is on record.",
        "No action or priority uses this KPI yet.",
    ]


def test_readings_stand_newest_first_with_light_and_sentence(partnership, paper):
    kpi = kpi_of(partnership)
    why = "8 meets the target of 10."
    enter(kpi, q4_2024={"value": 9, "rating": RAG.RED, "rating_why": "9 misses it."})
    enter(kpi, q1_2025={"value": 8, "rating": RAG.GREEN, "rating_why": why, "state": "provisional", "note": "By hand."})
    newest, oldest = rows(paper(kpi), "Readings")
    assert newest.pop("Entered by").startswith("Person")
    assert newest == {
        "Period": "Q1 2025/26",
        "Figure": "8",
        "State": "Provisional",
        "Light": "Green",
        "Why": why,
        "Note": "By hand.",
        "Entered on": newest["Entered on"],
    }
    assert (oldest["Light"], oldest["Why"]) == ("Red", "9 misses it.")


def test_a_figure_that_is_not_there_says_why(partnership, paper):
    kpi = kpi_of(partnership)
    enter(kpi, q1_2025=AWAITED)
    (row,) = rows(paper(kpi), "Readings")
    assert (row["Figure"], row["State"]) == ("[x] awaited", "Awaited")


def test_columns_nothing_needs_are_left_out_and_come_when_they_are_needed(partnership, paper):
    kpi = kpi_of(partnership, unit="per_cent")
    enter(kpi, q1_2025=50)
    optional = {"First reported as", "Numerator", "Denominator", "Light as published", "Note", "Source"}
    assert not optional & rows(paper(kpi), "Readings")[0].keys()
    enter(
        kpi,
        q4_2024={
            "value": 40, "first_value": 41, "numerator": 2, "denominator": 5, "published_rag": RAG.AMBER,
            "published_word": "Under control", "series_break": True, "series_break_words": "Every home is asked.",
            "source": "Survey",
        },
    )  # fmt: skip
    newest, oldest = rows(paper(kpi), "Readings")
    assert optional < oldest.keys()
    assert (newest["Source"], oldest["Source"]) == ("", "Survey")
    assert [oldest[name] for name in ("First reported as", "Numerator", "Denominator")] == ["41%", "2", "5"]
    assert oldest["Light as published"] == "Amber (Under control)"
    assert oldest["Note"] == "Counted differently from here on: Every home is asked."
    assert newest["First reported as"] == "[z] not revised"
    assert newest["Numerator"] == "[z] not stated"


def test_quarters_and_the_year_to_date_are_put_together_and_say_how(partnership, paper):
    kpi = kpi_of(partnership, frequency="month")
    enter(
        kpi, m_2025_04=10, m_2025_05=12, m_2025_06={"value": 9, "state": "provisional"}, m_2025_07=11, m_2025_08=AWAITED
    )
    make.make_target(kpi, value=33)
    (second, first) = rows(paper(kpi), "Quarters")
    assert first == {
        "Quarter": "Q1 2025/26",
        "Figure": "31",
        "How it was made": "Sum of April to June 2025, provisional",
        "Light": "Green",
        "Why": first["Why"],
        "Target": "33",
        "Year to date": "31",
        "How the year to date was made": "Sum of 3 months, provisional",
    }
    assert first["Why"].startswith("31 meets the target of 33")
    assert second["Figure"] == second["Year to date"] == "[x] incomplete"
    assert "August 2025" in second["How it was made"]
    assert "August" in second["Why"]


def test_an_entered_quarter_speaks_for_itself(partnership, paper):
    kpi = kpi_of(partnership)
    enter(kpi, q1_2025=8, q2_2025={"value": 7, "state": "provisional"}, m_2025_04=3)
    second, first = rows(paper(kpi), "Quarters")
    assert (first["Figure"], first["How it was made"]) == ("8", "Entered")
    assert (second["How it was made"], second["Year to date"]) == ("Entered, provisional", "15")


def test_a_yearly_kpi_has_no_quarters(partnership, paper):
    kpi = kpi_of(partnership, frequency="year")
    enter(kpi, y_2023=8, y_2024=7)
    assert "Quarters" not in sections(paper(kpi))


def test_targets_are_figures_where_they_are_figures_and_words_where_not(partnership, paper):
    kpi = kpi_of(partnership, polarity="band")
    make.make_target(kpi, period_of("q1_2025"), value=10, text="ten")
    make.make_target(kpi, period_of("q2_2025"), value=None, low=5, high=8, text="")
    make.make_target(kpi, period_of("q3_2025"), value=None, text="as low as can be")
    found = [(row["Period"], row["Target"], row["As stated"]) for row in rows(paper(kpi), "Targets")]
    assert found == [
        ("Q3 2025/26", "as low as can be", "as low as can be"),
        ("Q2 2025/26", "5 to 8", ""),
        ("Q1 2025/26", "10", "ten"),
    ]


def test_a_revision_keeps_what_was_said_before_with_who_and_why(partnership, paper, manager):
    kpi, quarter = kpi_of(partnership), period_of("q1_2025")
    for version, value in enumerate((9, 8)):
        reason = "Two came late." if version else ""
        entered = services.record_reading(
            indicator=kpi, period=quarter, version=version, value=Decimal(value), reason=reason, by=manager
        )
    assert entered.value == 8
    target = {"indicator": kpi, "period": quarter, "text": "", "by": manager}
    services.set_target(version=0, value=Decimal(10), **target)
    services.set_target(version=1, value=Decimal(12), reason="Agreed in June.", **target)
    (reading,), (aim,) = rows(paper(kpi), "Readings"), rows(paper(kpi), "Targets")
    assert reading["First reported as"] == "9"
    assert reading["Before it was revised"].startswith("9, ")
    assert reading["Before it was revised"].endswith("Mo Manager: Two came late.")
    assert aim["Before it was changed"].endswith("Mo Manager: Agreed in June.")


def test_baselines_say_which_one_is_compared_with(partnership, paper):
    kpi = kpi_of(partnership)
    make.make_baseline(kpi, is_primary=True)
    make.make_baseline(kpi, label="", of_what="Rural homes", value=None, state="new_initiative", text="New initiative")
    found = [(row["Period"], row["Figure"], row["Use"]) for row in rows(paper(kpi), "Baselines")]
    assert found == [("2024/25", "2,030", "Compared with"), ("", "[x] new initiative", "Kept on record")]


def test_what_the_kpi_is_and_its_rule_in_words(partnership, paper):
    kpi = kpi_of(
        partnership, unit="rate", rate_per=1000, frequency="year", due_quarter=2, definition="Counted once a year.",
        part_of=make.make_indicator(partnership, reference="K0", name="Crime"),
    )  # fmt: skip
    make.make_scheme(partnership, indicator=kpi, amber_tolerance=5)
    about = {row["What"]: row["In words"] for row in rows(paper(kpi), "About")}
    assert about["Definition"] == "Counted once a year."
    assert about["Unit"] == "Rate per 1,000"
    assert about["Reported"] == "Yearly, due in Q2"
    assert about["Part of"] == "K0 Crime"
    assert "Amber: within 5% of target" in about["How it is rated"]
    assert "This KPI’s own rule" in about["How it is rated"]


def test_what_it_serves_is_what_the_person_may_see(partnership, paper, manager):
    kpi = kpi_of(partnership)
    action = make.make_action(make.make_plan(partnership, title="Safer streets"), text="Mark property")
    make.link(action, kpi)
    action.objective.priority.indicators.add(kpi)
    make.link(make.make_action(make.make_plan(partnership), archived_at=make.NOW), kpi)
    assert [list(row.values()) for row in rows(paper(kpi), "Serves")] == [
        ["Priority", "1", "Priority 1", "Safer streets"],
        ["Action", "1.1.1", "Mark property", "Safer streets"],
    ]


def test_a_draft_plan_is_not_told_of_to_who_may_not_see_it(partnership):
    kpi = kpi_of(partnership)
    make.link(make.make_action(make.make_plan(partnership, status="draft")), kpi)
    document = kpi_paper(indicator=kpi, made_at=make.NOW, user=make.make_viewer(partnership))
    assert rows(document, "Serves") == []


def test_police_figures_carry_their_licence_and_what_they_do_not_say(partnership, paper):
    kpi = kpi_of(partnership, frequency="month")
    assert not paper(kpi).notes
    enter(kpi, m_2025_04={"value": 10, "source": POLICE_SOURCE})
    notes = " ".join(paper(kpi).notes)
    assert "Open Government Licence v3.0" in notes
    assert "is not available, and not nought" in notes


def test_what_is_not_for_publication_says_so(partnership, paper):
    assert facts(paper(kpi_of(partnership, not_for_publication=True)))["Publication"] == "Not for publication"


def test_of_months_the_cover_says_whether_the_change_is_real(partnership, paper):
    kpi = kpi_of(partnership, frequency="month")
    enter(kpi, **{f"m_2024_{month:02}": 10 + month % 2 for month in range(4, 13)}, m_2025_01=30)
    assert "A real change in January 2025" in facts(paper(kpi))["Is the change real?"]
    assert "Is the change real?" not in facts(paper(kpi_of(partnership, reference="K2")))


# The chart


def drawn(document, name="Chart"):
    return {
        column.heading: (line.kind, line.is_in_key)
        for line in block(document, name).lines
        for column in [block(document, f"{name} data").columns[line.column]]
    }


def test_figures_target_and_baseline_are_drawn(partnership, paper):
    kpi = kpi_of(partnership, roll_up="latest")
    make.make_baseline(kpi, is_primary=True, value=12)
    make.make_target(kpi, period_of("q1_2025"), value=8)
    enter(kpi, q3_2024=11, q4_2024=AWAITED, q1_2025={"value": 9, "state": "provisional"})
    document = paper(kpi)
    assert drawn(document) == {
        "Figure": (LineKind.FIGURES, True),
        "Provisional (hollow)": (LineKind.PROVISIONAL, True),
        "Target": (LineKind.TARGET, True),
        "Baseline, 2024/25": (LineKind.BASELINE, True),
    }
    first, gap, last = rows(document, "Chart data")
    assert list(first.values()) == ["Q3 2024/25", "11", "", "", "12", ""]
    assert list(gap.values()) == ["Q4 2024/25", "", "", "", "12", "No figure: awaited."]
    assert list(last.values()) == ["Q1 2025/26", "9", "9", "8", "12", "Provisional."]
    assert isinstance(block(document, "Chart data").rows[1].cells[1], Gap)


def test_a_change_in_the_counting_parts_the_line(partnership, paper):
    kpi = kpi_of(partnership)
    changed = {"value": 5, "series_break": True, "series_break_words": "Sheds no longer count."}
    enter(kpi, q2_2024=11, q3_2024=10, q4_2024=changed, q1_2025=4)
    document = paper(kpi)
    assert list(drawn(document)) == ["Figure", "Counted differently from Q4 2024/25"]
    found = [list(row.values())[1:3] for row in rows(document, "Chart data")]
    assert found == [["11", ""], ["10", ""], ["", "5"], ["", "4"]]
    assert "Sheds no longer count." in rows(document, "Chart data")[2]["Remark"]
    assert "Sheds no longer count." in block(document, "Chart").words


def test_of_months_average_limits_and_signs_are_drawn(partnership, paper):
    kpi = kpi_of(partnership, frequency="month")
    enter(kpi, **{f"m_2024_{month:02}": 10 + month % 2 for month in range(4, 13)}, m_2025_01=30)
    document = paper(kpi)
    assert drawn(document) == {
        "Figure": (LineKind.FIGURES, True),
        "Average": (LineKind.MEAN, True),
        "Trial range, lower": (LineKind.LIMIT, True),
        "Trial range, upper": (LineKind.LIMIT, True),
        "Real change, better": (LineKind.IMPROVEMENT, True),
        "Real change, worse": (LineKind.CONCERN, True),
    }
    *usual, last = rows(document, "Chart data")
    assert last["Real change, worse"] == last["Figure"] == "30"
    assert {row["Real change, worse"] for row in usual} == {""}
    assert len({row["Trial range, upper"] for row in usual}) == 1


def test_limits_begin_anew_after_a_break_and_the_key_names_them_once(partnership, paper):
    kpi = kpi_of(partnership, frequency="month")
    enter(kpi, **{f"m_2024_{month:02}": 10 + month % 2 for month in range(4, 10)})
    changed = {"value": 5, "series_break": True, "series_break_words": "Sheds no longer count."}
    enter(
        kpi,
        m_2024_10=changed,
        **{f"m_2025_{month:02}": 5 + month % 2 for month in range(1, 7)},
        m_2024_11=6,
        m_2024_12=5,
    )
    averages = {name: look for name, look in drawn(paper(kpi)).items() if name.startswith("Average")}
    assert averages == {"Average": (LineKind.MEAN, True), "Average from October 2024": (LineKind.MEAN, False)}


def test_a_band_is_drawn_by_both_its_edges(partnership, paper):
    kpi = kpi_of(partnership, polarity="band")
    make.make_target(kpi, period_of("q1_2025"), value=None, low=5, high=8)
    enter(kpi, q4_2024=6, q1_2025=9)
    last = rows(paper(kpi), "Chart data")[-1]
    assert (last["Target, from"], last["Target, to"]) == ("5", "8")


def test_a_bound_is_marked_and_no_line_leads_to_it(partnership, paper):
    kpi = kpi_of(partnership)
    enter(kpi, q4_2024=6, q1_2025={"value": 9, "qualifier": "at_least"}, q3_2024={"value": 8, "qualifier": "about"})
    document = paper(kpi)
    about, _, bound = rows(document, "Chart data")
    assert (bound["Figure"], bound["At least"], bound["Remark"]) == ("", "9", "Stated as “at least 9”.")
    assert (about["Figure"], about["Remark"]) == ("8", "Stated as “about 8”.")


def test_a_target_for_the_whole_year_is_drawn_beside_the_year_to_date(partnership, paper):
    kpi = kpi_of(partnership)
    make.make_target(kpi, period_of("y_2025"), value=30)
    enter(kpi, q1_2024=9, q2_2024=9, q3_2024=9, q4_2024=9, q1_2025=8, q2_2025=7)
    document = paper(kpi)
    assert list(drawn(document)) == ["Figure"]
    assert drawn(document, "Year to date") == {
        "Year to date": (LineKind.FIGURES, True),
        "2024/25, to date": (LineKind.MEAN, True),
        "Target for 2025/26": (LineKind.TARGET, True),
    }
    assert [list(row.values()) for row in rows(document, "Year to date data")] == [
        ["Q1 2025/26", "8", "9", "30", ""],
        ["Q2 2025/26", "15", "18", "30", ""],
        ["Q3 2025/26", "", "27", "30", "No figure yet"],
        ["Q4 2025/26", "", "36", "30", "No figure yet"],
    ]
    assert block(document, "Year to date").words == (
        "Year to date at the end of Q2 2025/26: 15, against the target of 30 for 2025/26. "
        "At the same point of 2024/25 it was 18."
    )


@pytest.mark.parametrize("fields", [{"unit": "yes_no"}, {}])
def test_answers_and_single_figures_make_no_chart(partnership, paper, fields):
    kpi = kpi_of(partnership, **fields)
    enter(kpi, q1_2025=1)
    if fields:
        enter(kpi, q4_2024=0)
    assert "Chart" not in sections(paper(kpi))


def test_the_workbook_has_a_chart_of_the_figures_that_can_be_changed(partnership, paper):
    kpi = kpi_of(partnership, unit="per_cent", decimals=1, roll_up="latest")
    enter(kpi, q3_2024=Decimal("41.5"), q4_2024=AWAITED, q1_2025=Decimal("45.2"))
    workbook = load_workbook(BytesIO(xlsx.render(paper(kpi))))
    assert workbook.sheetnames[:3] == ["Cover", "Chart", "Readings"]
    (chart,) = workbook["Chart"]._charts
    sheet = workbook["Chart data"]
    reference = chart.series[0].val.numRef.f
    assert reference == "'Chart data'!$B$5:$B$7"
    cells = [cell for (cell,) in sheet["B5:B7"]]
    assert [cell.value for cell in cells] == [0.415, None, 0.452]
    assert cells[0].number_format == "0.0%"
    assert workbook["Readings"]["B5"].value == 0.452


def test_every_sheet_follows_the_checklist(partnership, paper):
    kpi = kpi_of(partnership, frequency="month")
    enter(kpi, **{f"m_2024_{month:02}": 10 + month % 2 for month in range(4, 13)}, m_2025_01=AWAITED)
    workbook = load_workbook(BytesIO(xlsx.render(paper(kpi))))
    for sheet in workbook:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        assert len(sheet.tables) <= 1
        assert sheet.sheet_state == "visible"
    empty = [cell for row in workbook["Readings"].iter_rows(min_row=4) for cell in row if cell.value in (None, "")]
    assert not empty


def test_old_readings_stay_what_they_were(partnership, paper):
    kpi = kpi_of(partnership)
    enter(kpi, q1_2024={"value": 9, "rating": RAG.AMBER, "rating_why": "By the old rule."})
    make.make_scheme(partnership, effective_from=date(2025, 4, 1), amber_tolerance=50)
    (row,) = rows(paper(kpi), "Readings")
    assert (row["Light"], row["Why"]) == ("Amber", "By the old rule.")
