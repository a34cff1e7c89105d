"""The scorecard of a plan: every KPI once, with what it serves, how it stands and why."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from actions.models import PriorityIndicator
from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from reports.builders.scorecard import kpis_of, scores_of
from tests.builders import (
    QUARTER,
    TODAY,
    link,
    make_action,
    make_indicator,
    make_manager,
    make_objective,
    make_partnership,
    make_plan,
    make_priority,
    make_reading,
    make_scheme,
    make_target,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def plan(partnership):
    return make_plan(partnership, title="Safer Maldon", slug="safer-maldon")


@pytest.fixture
def reader(client, partnership):
    viewer = make_viewer(partnership)
    client.force_login(viewer)
    return viewer


def tie(priority, indicator, **fields):
    return PriorityIndicator.objects.create(priority=priority, indicator=indicator, **fields)


def page(client, slug="safer-maldon", **query):
    answer = client.get(reverse("plan_scorecard", args=[slug]), query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestWhichKpis:
    def test_each_once_with_all_it_serves_in_the_plans_order(self, partnership, plan):
        first, second = make_priority(plan), make_priority(plan)
        asb, fear = make_indicator(partnership, name="ASB"), make_indicator(partnership, name="Fear")
        late = link(make_action(make_objective(second)), asb)
        early = link(make_action(make_objective(first)), fear)
        tie(first, asb)
        found = kpis_of(plan)
        assert list(found.serves) == [asb.pk, fear.pk]
        assert [served[:2] for served in found.serves[asb.pk]] == [("priority", first.pk), ("action", late.action_id)]
        assert [served.pk for served in found.serves[fear.pk]] == [early.action_id]
        assert found.priorities == {first.pk: "1 Priority 1", second.pk: "2 Priority 2"}

    def test_nothing_archived_and_nothing_of_another_plan(self, partnership, plan):
        then = datetime(2025, 5, 1, tzinfo=UTC)
        gone, lapsed, other = (make_indicator(partnership) for _ in range(3))
        link(make_action(plan, archived_at=then), gone)
        link(make_action(plan), make_indicator(partnership, archived_at=then))
        tie(make_priority(plan, archived_at=then), lapsed)
        link(make_action(make_plan(partnership)), other)
        assert kpis_of(plan).serves == {}

    def test_ours_before_those_of_context(self, partnership, plan):
        context, ours = make_indicator(partnership, is_context=True), make_indicator(partnership)
        action = make_action(plan)
        link(action, context, position=1)
        link(action, ours, position=2)
        assert [score.standing.indicator for score in scores_of(plan, QUARTER)] == [ours, context]

    @pytest.mark.parametrize("number", [2, 20])
    def test_the_same_six_queries_however_many(self, partnership, plan, number, django_assert_num_queries):
        for _ in range(number):
            kpi = make_indicator(partnership, frequency="month")
            make_reading(kpi, Period.parse("2025-06"))
            link(make_action(plan), kpi)
        with django_assert_num_queries(6):
            scores_of(plan, QUARTER)


class TestPage:
    def test_says_figure_target_light_and_why(self, client, reader, partnership, plan):
        scheme = make_scheme(partnership, amber_tolerance=5)
        kpi = make_indicator(partnership, reference="7.2", name="ASB incidents")
        action = make_action(plan, text="Joint patrols")
        link(action, kpi)
        make_target(kpi)
        make_reading(kpi, rating="green", rating_why="1,884 meets the target of 1,984.", scheme=scheme)
        make_reading(kpi, Period.of_quarter(QUARTER.previous), value=2000)
        html = page(client)
        for words in (
            "7.2 ASB incidents",
            "1,884",
            "1,984",
            "Green",
            "1,884 meets the target of 1,984.",
            "Improved",
            "Joint patrols",
            "Amber: within 5% of target",
            "1 of 1 rated KPI green (100%)",
            "<polyline",
            reverse("action", args=[action.pk]),
        ):
            assert words in html

    def test_ours_stand_apart_from_context(self, client, reader, partnership, plan):
        action = make_action(plan)
        link(action, make_indicator(partnership, name="Ours to change"))
        link(action, make_indicator(partnership, name="Only watched", is_context=True))
        ours, context = page(client).split('id="context"')
        assert "Ours to change" in ours
        assert "Only watched" in context
        assert "Only watched" not in ours

    def test_is_narrowed_by_light_words_kind_and_priority(self, client, reader, partnership, plan):
        first, second = make_priority(plan), make_priority(plan)
        red, green = make_indicator(partnership, name="Rising"), make_indicator(partnership, name="Falling")
        tie(first, red)
        link(make_action(make_objective(second)), green)
        make_reading(red, rating="red")
        make_reading(green, rating="green")
        for query, words, missing in (
            ({"light": "red"}, "Rising", "Falling"),
            ({"words": "falling"}, "Falling", "Rising"),
            ({"priority": second.pk}, "Falling", "Rising"),
        ):
            html = page(client, **query)
            assert words in html
            assert missing not in html
        assert "No KPI matches these filters" in page(client, kind="context")
        assert "Rising" in page(client, priority="999999")

    def test_the_counts_stay_those_of_all_lights(self, client, reader, partnership, plan):
        action = make_action(plan)
        for light in (RAG.RED, RAG.GREEN):
            kpi = make_indicator(partnership)
            link(action, kpi)
            make_reading(kpi, rating=light)
        assert "1 of 2 rated KPIs green (50%)" in page(client, light="red")

    def test_the_quarter_is_the_plans_or_that_of_the_address(self, client, reader, partnership, plan):
        kpi = make_indicator(partnership)
        link(make_action(plan), kpi)
        make_reading(kpi, value=111)
        make_reading(kpi, Period.of_quarter(QUARTER.next), value=222)
        assert ">111</b>" in page(client)
        assert ">222</b>" in page(client, quarter=QUARTER.next.code)

    @pytest.mark.parametrize("quarter", ["rubbish", "2030-31-Q1"])
    def test_a_quarter_outside_the_plan_is_not_found(self, client, reader, plan, quarter):
        assert client.get(reverse("plan_scorecard", args=[plan.slug]), {"quarter": quarter}).status_code == 404

    def test_fifty_a_page(self, client, reader, partnership, plan):
        action = make_action(plan)
        for number in range(51):
            link(action, make_indicator(partnership), position=number)
        html = page(client)
        assert "Showing <b>1</b> to <b>50</b> of <b>51</b> KPIs" in html
        assert "<b>51</b> to <b>51</b>" in page(client, page=2)

    def test_an_empty_one_says_what_to_do(self, client, reader, plan):
        assert "The plan has no KPIs yet" in page(client)

    def test_a_draft_is_for_its_managers(self, client, reader, partnership):
        draft = make_plan(partnership, status="draft")
        url = reverse("plan_scorecard", args=[draft.slug])
        assert client.get(url).status_code == 404
        client.force_login(make_manager(partnership))
        assert client.get(url).status_code == 200
