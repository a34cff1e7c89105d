import re
from datetime import date
from itertools import product

import lxml.html
import pytest
import time_machine
from django.urls import reverse

from csp_tracker.periods import FinancialYear, Period, Quarter
from csp_tracker.rag import RAG, Travel
from reports.builders.scorecard import counts_of, scores_of
from tests import builders as make

pytestmark = pytest.mark.django_db
Q1 = Quarter.parse("2025-26-Q1")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def plan():
    return make.make_plan(title="Safer streets", starts_on=date(2024, 4, 1))


@pytest.fixture
def manager(plan):
    return make.make_manager(plan.partnership)


@pytest.fixture
def board(client, manager):
    client.force_login(manager)

    def open_it(**query):
        return client.get(reverse("dashboard"), query)

    return open_it


def text_of(page):
    return " ".join(lxml.html.fromstring(page.content).text_content().split())


def numbers_linked(page):
    """Every number of the page that leads to a list, with its address; a priority's own number counts nothing."""
    links = lxml.html.fromstring(page.content).xpath("//main//a[starts-with(@href, '/actions/?')]")
    counts = [link for link in links if not re.search(r"priority=\d+$", link.get("href"))]
    return [(int(re.search(r"\d+", link.text_content())[0]), link.get("href")) for link in counts]


@pytest.fixture
def busy(plan):
    """A plan in which everything the dashboard counts is to be found, more than once."""
    late = {"timescale_kind": "by_date", "due_on": date(2025, 6, 1), "due_precision": "day"}
    lights = [RAG.RED, RAG.AMBER, RAG.GREEN, RAG.COMPLETE, RAG.NOT_RATED, None]
    objectives = [make.make_objective(make.make_priority(plan)) for _ in range(2)]
    for at, (before, now) in enumerate(product(lights, lights)):
        action = make.make_action(objectives[at % 2], **(late if at % 3 else {}))
        if before:
            make.make_update(action, Q1.previous, rag=before)
        if now:
            state = "approved" if at % 2 else "submitted"
            why = "No meeting yet" if before == now else ""
            suggested = {"suggested_rag": RAG.AMBER, "suggested_why": "Due soon"}
            make.make_update(action, rag=now, state=state, unchanged_because=why, **suggested)
    return plan


def test_every_number_that_is_a_link_leads_to_a_list_of_as_many(board, busy, client):
    found = numbers_linked(board())
    words = (
        "light=red",
        "light=not_rated",
        "priority=",
        "not_updated",
        "overdue",
        "unapproved",
        "unchanged",
        "differing",
    )
    for word in words:
        assert any(word in href for _, href in found), word
    assert sum("moved=" in href for _, href in found) >= 5
    for number, href in found:
        assert client.get(href).context["counts"].total == number, href


def test_what_is_carried_for_three_years_is_counted_and_leads_to_its_list(board, plan, client):
    before = make.make_plan(plan.partnership, starts_on=date(2022, 4, 1), ends_on=date(2024, 3, 31))
    for year in (2, 3, 4):
        make.make_carried(make.make_action(before), make.make_action(plan), year=year)
    make.make_carried(make.make_action(before), make.make_action(plan, archived_at=make.NOW), year=5)
    assert "carried=3" not in board().content.decode()
    type(plan).objects.filter(pk=plan.pk).update(previous=before)
    found = [(number, url) for number, url in numbers_linked(board()) if "carried=3" in url]
    assert [number for number, _ in found] == [2]
    assert "2 actions" in text_of(client.get(found[0][1]))


def test_what_moved_adds_up_to_all_actions(board, busy):
    moves = board().context["board"].moves
    assert moves == {
        Travel.WORSENED: 6, Travel.IMPROVED: 6, Travel.NO_CHANGE: 4, Travel.NEW: 8, Travel.NOT_COMPARED: 12,
    }  # fmt: skip
    assert sum(moves.values()) == board().context["board"].counts.total == 36
    assert "Not compared: no update for Q1 2025/26, or one without a light." in text_of(board())


def test_long_lists_show_some_lines_and_link_to_the_rest(board, busy):
    page = board()
    shown = page.context["board"]
    for listed in (shown.overdue, shown.moved, shown.differing):
        assert len(listed.shown) == 6 < listed.number
    for words in ("All 24 overdue", "All 6 worsened", "All 6 improved", "All 24 reported other than suggested"):
        assert words in text_of(page)


def test_a_list_that_is_shown_whole_links_to_no_rest(board, busy):
    page = board()
    silent = page.context["board"].silent
    assert len(silent.shown) == silent.number == 6
    assert "All 6 not updated" not in text_of(page)


def test_no_red_is_left_out_however_many_there_are(board, plan):
    for number in range(15):
        make.make_update(make.make_action(plan), rag=RAG.RED, rag_reason=f"Reason {number}.")
    words = text_of(board())
    assert all(f"Reason {number}." in words for number in range(15))


def test_every_light_is_counted_with_its_denominator_and_leads_to_its_list(board, plan):
    for light in (RAG.RED, RAG.GREEN, RAG.GREEN, RAG.COMPLETE):
        make.make_update(make.make_action(plan), rag=light)
    make.make_action(plan)
    words = board().content.decode()
    assert "3 of 4 rated actions on track (75%)" in words
    assert f"{reverse('actions')}?plan={plan.slug}&amp;quarter=2025-26-Q1&amp;light=red" in words
    assert "1 of 5 not rated" in words


def test_reds_stand_with_their_reasons(board, plan):
    action = make.make_action(plan, text="Run the knife crime workshops")
    make.make_update(action, rag=RAG.RED, rag_reason="The grant was refused.", back_on_track="A second bid in May.")
    words = board().content.decode()
    assert "The grant was refused." in words
    assert "A second bid in May." in words


def test_an_imported_red_without_a_reason_says_so(board, plan):
    make.make_update(make.make_action(plan), rag=RAG.RED, rag_reason="", origin="imported")
    assert "No reason in the imported plan" in board().content.decode()


def test_a_closed_red_says_why_it_was_closed(board, plan):
    closed = {"status": "closed_no_resources", "closed_on": date(2025, 3, 1), "closed_reason": "The grant ended."}
    make.make_update(make.make_action(plan, **closed), Q1.previous, rag=RAG.RED, rag_reason="No bids came in.")
    assert "Closed: no resources. The grant ended." in board().content.decode()


def test_as_many_are_named_silent_as_the_list_shows(board, plan, client):
    make.make_action(plan)
    make.make_action(plan, status="paused")
    page = board()
    assert page.context["board"].silent.number == page.context["board"].counts.not_updated == 2
    assert "Owes nothing now" in page.content.decode()
    listed = client.get(f"{page.context['list_url']}&not_updated=on")
    assert listed.content.decode().count("Not updated</span>") >= 2


def test_what_is_overdue_and_who_is_silent_is_named(board, plan):
    make.make_action(plan, text="Fit the gates", timescale_kind="by_date", due_on=date(2025, 6, 1), due_precision="day")
    words = board().content.decode()
    assert "By 1 June 2025" in words
    assert "Never updated" in words


def test_a_light_reported_other_than_suggested_is_shown_with_both(board, plan):
    make.make_update(
        make.make_action(plan), rag=RAG.GREEN, suggested_rag=RAG.RED, suggested_why="Overdue: was due by 1 May 2025"
    )
    words = board().content.decode()
    assert "Overdue: was due by 1 May 2025" in words


def test_submitted_updates_nobody_approved_are_counted(board, plan):
    make.make_update(make.make_action(plan), state="submitted")
    make.make_update(make.make_action(plan), state="approved")
    assert "1 of the updates is submitted, not separately approved" in text_of(board())


def test_the_open_rounds_quarter_is_shown_first(board, plan):
    make.make_action(plan)
    make.make_round(plan, Quarter.parse("2025-26-Q2"), opens_on=date(2025, 7, 1), due_on=date(2025, 10, 20))
    assert board().context["quarter"] == Quarter.parse("2025-26-Q2")
    assert board(quarter="2024-25-Q4").context["quarter"] == Quarter.parse("2024-25-Q4")


def test_an_active_plan_comes_before_a_newer_draft(board, plan):
    make.make_plan(plan.partnership, status="draft", starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
    assert board().context["plan"] == plan


@pytest.mark.parametrize("query", [{"quarter": "2031-32-Q1"}, {"quarter": "soon"}, {"plan": "nowhere"}])
def test_what_the_plan_does_not_have_is_not_found(board, plan, query):
    assert board(**query).status_code == 404


def test_another_partnerships_plan_is_not_found(board, plan):
    assert board(plan=make.make_plan().slug).status_code == 404


def test_a_partnership_without_a_plan_is_told_what_to_do(client):
    client.force_login(make.make_manager(make.make_partnership()))
    words = client.get(reverse("dashboard")).content.decode()
    assert "There is no plan to show yet" in words


def test_a_plan_without_actions_says_so(board, plan):
    assert "The plan has no actions yet" in board().content.decode()


def test_everybody_inside_may_look_and_nobody_may_post(client, plan):
    client.force_login(make.make_viewer(plan.partnership))
    assert client.get(reverse("dashboard")).status_code == 200


def test_it_costs_the_same_for_three_actions_and_for_thirty_and_for_more_quarters(board, plan, manager, count_queries):
    def fill(number, quarters):
        for _ in range(number):
            action = make.make_action(plan)
            for quarter in quarters:
                make.make_update(action, quarter, submitted_by=manager, rag=RAG.RED)

    fill(3, [Q1])
    few = count_queries(board)
    fill(27, [Q1.previous, Q1])
    assert count_queries(board) == few
    assert few <= 7


def test_kpis_are_counted_by_light_and_the_reds_named_with_why(board, plan, client):
    action = make.make_action(plan)
    lights = {"red": RAG.RED, "amber": RAG.AMBER, "green": RAG.GREEN, "none": None}
    for name, light in lights.items():
        kpi = make.make_indicator(plan.partnership, name=f"Our {name} figure", is_context=name == "amber")
        make.link(action, kpi)
        if light:
            make.make_reading(kpi, rating=light, rating_why=f"It is {name} for a reason.")
    page = board()
    assert "Our red figure" in text_of(page)
    assert "It is red for a reason." in text_of(page)
    assert "It is amber for a reason." not in text_of(page)
    assert "1 of 3 rated KPIs green (33%). 1 of 4 not rated." in text_of(page)
    links = lxml.html.fromstring(page.content).xpath("//section//a[contains(@href, '/scorecard/')]")
    *counts, rules = links
    assert len(counts) == 5
    assert rules.get("href").endswith("#rules")
    assert 'id="rules"' in client.get(rules.get("href")).content.decode()
    for link in counts:
        found = client.get(link.get("href")).context["page_obj"].paginator.count
        assert found == int(re.search(r"\d+", link.text_content())[0]), link.get("href")


def test_quarters_put_together_from_months_count_on_the_dashboard_as_on_the_scorecard(board, plan):
    action = make.make_action(plan)
    for value in (5, 50):
        kpi = make.make_indicator(plan.partnership, frequency="month")
        make.link(action, kpi)
        make.make_target(kpi, value=100)
        for code in ("2025-04", "2025-05", "2025-06"):
            make.make_reading(kpi, Period.parse(code), value=value)
    yearly = make.make_indicator(plan.partnership, frequency="year", due_quarter=1)
    make.link(action, yearly)
    make.make_reading(yearly, Period.of_year(FinancialYear(2025)), rating="amber")
    counts = board().context["board"].kpis.counts
    assert (counts.red, counts.amber, counts.green, counts.not_rated) == (1, 1, 1, 0)
    assert counts == counts_of(score.standing for score in scores_of(plan, Q1))


def test_of_a_running_quarter_it_leads_to_the_kpis_of_the_last_one_that_ended(board, plan):
    make.link(make.make_action(plan), make.make_indicator(plan.partnership))
    words = text_of(board(quarter="2025-26-Q2"))
    assert "Q2 2025/26 has not ended, and figures come after it. See the KPIs of Q1 2025/26" in words
    assert "has not ended" not in text_of(board(quarter="2025-26-Q1"))


def test_a_plan_without_kpis_says_nothing_of_them(board, plan):
    make.make_action(plan)
    assert 'id="kpis"' not in board().content.decode()


def test_a_manager_comes_to_the_round_of_an_open_quarter_else_to_the_list_of_rounds(board, plan, client):
    assert lxml.html.fromstring(board().content).xpath("//main//a[text()='Rounds']/@href") == [reverse("rounds")]
    make.make_round(plan)
    (link,) = lxml.html.fromstring(board().content).xpath("//main//a[text()='Round']/@href")
    assert link == reverse("round", args=[plan.slug, Q1])
    client.force_login(make.make_viewer(plan.partnership))
    assert "/rounds/" not in board().content.decode()
