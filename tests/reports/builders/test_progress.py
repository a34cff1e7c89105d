from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from reports.builders.progress import progress_paper
from tests import builders as make

pytestmark = pytest.mark.django_db
Q1 = Quarter.parse("2025-26-Q1")
COLUMNS = [
    {"heading": "No.", "meaning": "number"},
    {"heading": "KEY ACTIONS", "meaning": "action"},
    {"heading": "OUTCOME/ MEASURABLE PROGRESS", "meaning": "progress"},
    {"heading": "TRAFFIC LIGHT", "meaning": "rag"},
    {"heading": "Ward", "meaning": ""},
]
KEY = [{"word": "GREEN c/f Actions", "rag": "green", "tint": "00B050", "meaning": "Green, carried forward"}]


@pytest.fixture
def plan():
    return make.make_plan(title="Safer streets 2025/26", columns=COLUMNS, key=KEY, marking="OFFICIAL")


@pytest.fixture
def manager(plan):
    return make.make_manager(plan.partnership, name="Mo Manager")


def paper(plan, manager):
    return progress_paper(plan=plan, quarter=Q1, made_at=make.NOW, user=manager)


def table(document, name):
    (section,) = (section for section in document.sections if section.short_name == name)
    return section.blocks[0]


def words(found):
    return [[cell.words for cell in row.cells] for row in found.each_row()]


def test_the_table_keeps_the_plans_own_columns_and_words(plan, manager):
    action = make.make_action(plan, text="Run workshops", extra={"Ward": "Heybridge"})
    make.make_update(action, progress="Two were held.", rag_as_stated="GREEN c/f Actions")
    found = table(paper(plan, manager), "Action plan")
    assert [column.heading for column in found.columns[1:]] == [column["heading"] for column in COLUMNS]
    assert words(found) == [["1.1.1", "1.1", "Run workshops", "Two were held.", "GREEN c/f Actions", "Heybridge"]]


def test_milestones_stand_behind_the_plans_columns_as_they_were_at_the_quarters_end(plan, manager):
    action, done, without = (make.make_action(plan) for _ in range(3))
    make.make_milestone(action, text="Dig", due_on=date(2025, 5, 1), done_on=date(2025, 6, 30))
    make.make_milestone(action, text="Build", due_on=date(2025, 6, 29), done_on=date(2025, 7, 1))  # after the quarter
    make.make_milestone(action, text="Open", due_on=date(2025, 6, 1), archived_at=make.NOW)
    make.make_milestone(done, done_on=date(2025, 6, 30))
    make.make_carried(done, make.make_action(make.make_plan(plan.partnership)))
    found = table(paper(plan, manager), "Action plan")
    assert [column.heading for column in found.columns[-3:]] == ["Ward", "Milestones", "Carried from or to"]
    assert [row[-2] for row in words(found)] == [
        "1 of 2 reached; overdue: Build, due 29 June 2025",
        "1 of 1 reached",
        "",
    ]
    assert without.reference == "1.1.3"


def test_an_action_that_has_ended_has_no_next_milestone(plan, manager):
    action = make.make_action(plan, status="complete", completed_on=date(2025, 6, 1))
    make.make_milestone(action, due_on=date(2025, 5, 1))
    (row,) = words(table(paper(plan, manager), "Action plan"))
    assert row[-1] == "0 of 1 reached"


def test_milestones_cost_no_query_more(plan, manager, count_queries):
    action = make.make_action(plan)
    before = count_queries(lambda: words(table(paper(plan, manager), "Action plan")))
    make.make_milestone(action)
    assert count_queries(lambda: words(table(paper(plan, manager), "Action plan"))) == before


def test_where_actions_were_carried_from_and_to_stands_behind_the_plans_columns(plan, manager):
    before = make.make_plan(plan.partnership, starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))
    after = make.make_plan(plan.partnership, starts_on=date(2026, 4, 1), ends_on=date(2029, 3, 31))
    merged, dropped, new = (make.make_action(plan) for _ in range(3))
    for _ in range(2):
        make.make_carried(make.make_action(before), merged, year=3)
    make.make_carried(merged, make.make_action(after, reference="7.1"))
    make.make_decision(
        dropped, decision="dropped", to_plan=after, to_year=2, confirmed_by=manager, confirmed_at=make.NOW
    )
    make.make_decision(new)  # not confirmed
    found = table(paper(plan, manager), "Action plan")
    assert found.columns[-1].heading == "Carried from or to"
    assert [row[-1] for row in words(found)] == [
        "From 2024/25 1.1.1, 1.1.2, third year\nTo 2026/27 to 2028/29 7.1",
        "Dropped",
        "",
    ]


def test_a_paper_does_not_tell_who_may_not_know_of_a_draft(plan, manager):
    after = make.make_plan(plan.partnership, status="draft")
    make.make_carried(make.make_action(plan), make.make_action(after))
    assert table(paper(plan, manager), "Action plan").columns[-1].heading == "Carried from or to"
    assert table(paper(plan, make.make_viewer(plan.partnership)), "Action plan").columns[-1].heading == "Ward"


def test_an_exception_is_found_in_the_plans_sheet_by_its_reference(plan, manager):
    make.make_action(plan)
    make.make_update(make.make_action(plan), rag=RAG.RED)
    document = paper(plan, manager)
    exceptions, whole = table(document, "Exceptions"), table(document, "Action plan")
    assert exceptions.columns[0] == whole.columns[0]
    (red,) = words(exceptions)
    assert [row[3:5] for row in words(whole) if row[0] == red[0]] == [["Two events were held.", "Red"]]


def test_every_row_has_its_objective_so_that_sorting_and_filtering_lose_nothing(manager):
    plan = make.make_plan(manager.memberships.get().partnership)
    for number in range(2):
        objective = make.make_objective(make.make_priority(plan), text=f"Objective {number}")
        for _ in range(3):
            make.make_action(objective)
    rows = words(table(paper(plan, manager), "Action plan"))
    assert [row[:3] for row in rows] == [
        [f"{number}.1.{at}", f"{number}.1", f"Objective {number - 1}"] for number in (1, 2) for at in (1, 2, 3)
    ]


def test_a_silent_action_says_so_with_its_last_light(plan, manager):
    action = make.make_action(make.make_plan(plan.partnership, starts_on=date(2024, 4, 1)))
    make.make_update(action, Q1.previous, rag=RAG.AMBER)
    (row,) = words(table(paper(action.plan, manager), "Action plan"))
    assert "Not rated\nnot updated; last Amber, Q4 2024/25" in row


def test_reds_come_before_ambers_with_their_reasons(plan, manager):
    make.make_update(make.make_action(plan), rag=RAG.AMBER, rag_reason="Two volunteers left.")
    make.make_update(make.make_action(plan), rag=RAG.RED, rag_reason="The grant was refused.")
    make.make_update(make.make_action(plan), rag=RAG.GREEN)
    reasons = [row[4] for row in words(table(paper(plan, manager), "Exceptions"))]
    assert reasons == ["The grant was refused.", "Two volunteers left."]


def test_the_cover_says_what_is_not_approved_and_not_updated(plan, manager):
    make.make_update(make.make_action(plan), state="submitted")
    make.make_action(plan)
    document = paper(plan, manager)
    assert "Not updated in the quarter: 1 of 2 actions." in document.notes
    assert "Submitted, not separately approved: the updates of 1 of 2 actions." in document.notes
    assert document.marking == "OFFICIAL"


def test_the_key_has_the_plans_own_words_and_the_usual_ones_for_the_rest(plan, manager):
    assert [entry.light.words for entry in paper(plan, manager).key] == [
        "GREEN c/f Actions", "Red", "Amber", "Complete", "Not rated",
    ]  # fmt: skip


def test_an_old_quarter_is_dated_at_its_end_and_the_current_one_today(plan, manager):
    assert paper(plan, manager).position_on == date(2025, 6, 30)
    now = progress_paper(plan=plan, quarter=Q1.next, made_at=make.NOW, user=manager)
    assert now.position_on == date(2025, 7, 15)


# The download


def table_of(sheet):
    """The values of the sheet's one Excel table, without its header."""
    (named,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[named.ref]][1:]


@pytest.fixture
def download(client, plan, manager):
    client.force_login(manager)

    def get(slug=plan.slug, quarter="2025-26-Q1", extension="xlsx"):
        with time_machine.travel(make.NOW, tick=False):
            return client.get(f"/reports/plan/{slug}/{quarter}.{extension}")

    return get


def test_the_workbook_counts_what_the_dashboard_counts(client, plan, download):
    for light in (RAG.RED, RAG.GREEN, RAG.GREEN, RAG.NOT_RATED):
        make.make_update(make.make_action(plan), rag=light)
    make.make_action(plan)
    with time_machine.travel(make.NOW, tick=False):
        counts = client.get(reverse("dashboard")).context["board"].counts
    sheet = load_workbook(BytesIO(download().content))["Summary"]
    *_, total = sheet.iter_rows(values_only=True)
    shown = (counts.red, counts.amber, counts.green, counts.complete, counts.not_rated, counts.total, counts.rated)
    assert total[:8] == ("All priorities", *shown)


def test_every_sheet_has_as_many_rows_as_the_dashboard_counts(client, plan, download):
    for light in (RAG.RED, RAG.RED, RAG.AMBER, RAG.GREEN):
        make.make_update(make.make_action(plan), rag=light)
    make.make_action(plan)
    with time_machine.travel(make.NOW, tick=False):
        board = client.get(reverse("dashboard")).context["board"]
    book = load_workbook(BytesIO(download().content))
    counts = {name: table_of(book[name]) for name in ("Exceptions", "Action plan")}
    assert len(counts["Exceptions"]) == board.counts.red + board.counts.amber == 3
    assert len(counts["Action plan"]) == board.counts.total == 5
    assert {row[1] for row in counts["Exceptions"]} < {row[1] for row in counts["Action plan"]}


def test_the_file_says_it_is_a_working_copy_in_its_name_and_on_its_cover(plan, download):
    answer = download()
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{plan.partnership.slug}-action-plan-progress-2025-26-q1-working-copy.xlsx"'
    )
    book = load_workbook(BytesIO(answer.content))
    cover = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("Working copy, not issued, as at 15 July 2025" in str(value) for value in cover)


def test_the_workbook_says_what_is_unchanged_and_who_typed_for_the_lead_officer(plan, download):
    lead, colleague = (make.make_officer(plan.partnership, name=name) for name in ("Olu Officer", "Cas Colleague"))
    make.make_update(make.make_action(plan, lead_officer=lead), progress="Their own words.")
    make.make_update(make.make_action(plan, lead_officer=lead), progress="Typed.", submitted_by=colleague)
    make.make_update(make.make_action(plan), progress="As it was.", unchanged_because="No meeting yet")
    make.make_update(make.make_action(plan, lead_officer=lead), origin="imported", submitted_by=colleague, progress="F")
    book = load_workbook(BytesIO(download().content))
    assert [row[4] for row in table_of(book["Action plan"])] == [
        "Their own words.",
        "Typed by Cas Colleague (lead officer: Olu Officer)\nTyped.",
        "No change since the update before: No meeting yet\nAs it was.",
        "F",
    ]
    cover = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("No change since the update before: 1 of 4 actions." in value for value in cover)


def test_words_that_look_like_a_formula_stay_words(plan, download):
    make.make_update(make.make_action(plan), progress="=HYPERLINK(1)")
    sheet = load_workbook(BytesIO(download().content))["Action plan"]
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)")
    assert cell.data_type == "s"


def test_a_viewer_may_download_and_a_stranger_finds_nothing(client, plan, download):
    client.force_login(make.make_viewer(plan.partnership))
    assert download().status_code == 200
    client.force_login(make.make_manager(make.make_partnership()))
    assert download().status_code == 404


@pytest.mark.parametrize(
    "place", [{"slug": "nowhere"}, {"quarter": "2030-31-Q1"}, {"extension": "exe"}, {"quarter": "2025-27-Q1"}]
)
def test_what_there_is_not_is_not_found(download, place):
    assert download(**place).status_code == 404


def test_a_draft_plan_is_downloaded_by_its_managers_only(client, plan, download):
    type(plan).objects.filter(pk=plan.pk).update(status="draft")
    assert download().status_code == 200
    client.force_login(make.make_officer(plan.partnership))
    assert download().status_code == 404


def test_a_long_plan_costs_no_more_queries_than_a_short_one(plan, manager, download, count_queries):
    def fill(number):
        for _ in range(number):
            action = make.make_action(plan)
            make.make_update(action, submitted_by=manager)
            make.link(action, make.make_indicator(plan.partnership))

    fill(3)
    few = count_queries(download)
    fill(27)
    assert count_queries(download) == few


def test_rows_whose_action_or_words_are_not_for_publication_are_counted(plan, manager):
    make.make_update(make.make_action(plan), not_for_publication=True, not_for_publication_reason="In court")
    make.make_update(make.make_action(plan, not_for_publication=True), not_for_publication=True)
    make.make_update(make.make_action(plan))
    assert "Rows that are not for publication in this copy: 2." in paper(plan, manager).notes
