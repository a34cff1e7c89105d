"""No page costs more queries for more rows or for a longer history; lists stay small on the wire.

Every page of pages.csv that shows something is measured in partnerships of three sizes. A page without a budget fails.
"""

import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from actions.models import Action, Plan, Round
from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from indicators.models import Indicator
from tests import builders as make
from tests.conftest import SettledClient
from tests.pages import Page, pages
from tests.visitors import whole
from tests.world import make_world

pytestmark = pytest.mark.django_db
LIGHTS = (RAG.RED, RAG.AMBER, RAG.GREEN, RAG.COMPLETE)
VOCABULARY = (
    *("advice", "agencies", "alcohol", "alley", "anti-social", "assault", "audit", "burglary", "cameras", "campaign"),
    *("children", "community", "contact", "council", "crime", "damage", "deliver", "district", "domestic", "drugs"),
    *("education", "engagement", "evening", "events", "fear", "fire", "gates", "group", "hate", "homes", "hotspot"),
    *("housing", "increase", "initiative", "knife", "licensees", "lighting", "monitor", "neighbourhood", "night"),
    *("offenders", "outreach", "parents", "parking", "partners", "patrols", "police", "prevention", "probation"),
    *("property", "quarterly", "recorded", "reduce", "referral", "repeat", "residents", "response", "review", "rural"),
    *("safety", "schools", "scooters", "sessions", "shops", "signpost", "speed", "street", "support", "survey"),
    *("targeted", "tenants", "theft", "town", "training", "vehicle", "victims", "violence", "visits", "volunteers"),
    *("vulnerable", "ward", "watch", "young", "youth"),
)
#: What a page may cost, session and person included: lists 8, one thing 10, forms by what they offer to choose.
BUDGETS = {
    "home": 3, "people": 6, "person_invite": 6, "person_edit": 8, "help": 3, "accessibility": 3, "privacy": 3,
    "healthz": 3,
    "dashboard": 8, "plans": 8, "plan": 10, "actions": 8, "updates": 8, "indicators": 8, "plan_report": 8,
    "plan_scorecard": 10, "indicator_file": 12, "kpis_file": 9, "plan_kpis_file": 9, "indicator_chart": 6,
    "evidence_file": 4, "action": 13,  # of one that was carried forward, with milestones and evidence; ten of any other
    "indicator": 10, "update": 12, "reading_edit": 10,  # an update of one with milestones and evidence; ten of others
    "action_history": 19, "indicator_history": 16,  # one for each kind of row shown, one for each kind it names
    "milestone_new": 5, "milestone_edit": 6, "milestone_archive": 6, "milestone_restore": 6,
    "plan_new": 6, "plan_edit": 8, "plan_archive": 6, "plan_structure": 8, "plan_assign": 14, "plan_renumber": 6,
    "plan_priority_new": 7, "plan_objective_new": 6, "plan_part_edit": 10, "plan_part_place": 8, "plan_part_archive": 6,
    "plan_part_restore": 6, "action_new": 12, "action_edit": 14,
    "indicator_new": 8, "indicator_edit": 8, "indicator_archive": 6, "baseline_new": 6, "baseline_edit": 6,
    "plan_forward": 9, "plan_forward_confirm": 17, "plan_lineage": 9, "plan_begin": 9, "plan_wording": 5,
    "rounds": 6, "round_open": 8, "round": 10, "round_dates": 6, "round_review": 14, "round_review_one": 19,
    "round_lock": 8, "action_unlock": 8,
    "imports": 6, "import": 10, "import_rows": 4, "import_row": 4, "import_columns": 4, "import_confirm": 10,
    "import_offers": 4, "import_undo": 4,
    "target_choose": 6, "target_edit": 6, "reading_choose": 6, "reading_rate": 6,
    "round_reminders": 14,
    "readings_choose": 4, "readings_grid": 8,
}  # fmt: skip
#: Their page holds the newest entries of all kinds, so a longer past may name fewer kinds, never more.
HISTORIES = ("action_history", "indicator_history")
#: Whose page it is, where it is not the manager's, and what is asked of it.
READERS = {"updates": "lead officer", "update": "lead officer"}
LISTS = ("actions", "indicators", "plans", "people", "plan", "plan_structure", "updates", "dashboard",
         "readings_grid")  # fmt: skip


def sentence(number: int, length: int = 14) -> str:
    """Words of the trade in an order of their own, so that pages compress like real ones."""
    return " ".join(VOCABULARY[(number * 31 + place * place * 7 + place) % len(VOCABULARY)] for place in range(length))


READ = [
    page
    for page in pages()
    if page.method in ("page", "form")
    and not page.at.startswith(("anybody", "draft", "archived"))
    and not page.address.route.startswith(("accounts/", "admin/"))
]


class Sized:
    """A partnership with so many rows of everything, over so many quarters, and a browser of its manager."""

    def __init__(self, name: str, rows: int, quarters: int) -> None:
        self.world = make_world(name)
        plan = self.world[Plan]
        Plan.objects.filter(pk=plan.pk).update(starts_on=plan.starts_on.replace(year=2022))
        self.world.people["manager"].memberships.update(is_administrator=True)
        self.browsers = {reader: SettledClient() for reader in ("manager", "lead officer")}
        for reader, browser in self.browsers.items():
            browser.force_login(self.world.people[reader])
        past = [make.QUARTER]
        while len(past) < quarters:
            past.append(past[-1].previous)
        self._fill(rows, past)
        self._deepen(past)

    def _fill(self, rows: int, quarters: list[Any]) -> None:
        """More of everything that is listed somewhere."""
        own, officer = self.world.partnership, self.world.people["lead officer"]
        for number in range(rows):
            agency = make.make_agency(own)
            make.make_officer(own, agency=agency)
            make.make_plan(own)
            make.make_preview(own, by=officer)
            kpi = make.make_indicator(own, owner=officer, agency=agency, name=sentence(number, 8))
            objective = make.make_objective(make.make_priority(self.world[Plan], lead=officer))
            action = make.make_action(
                objective, text=sentence(number), lead_officer=officer, lead_agency=agency,
                due_on=make.TODAY.replace(month=1 + number % 12), due_precision="day", timescale_kind="by_date",
            )  # fmt: skip
            make.link(action, kpi)
            make.make_decision(action, decided_by=officer)
            make.make_support(action, agency)
            make.make_reminder(self.world[Round], officer, on=make.TODAY + timedelta(days=number))
            for quarter in quarters:
                words = {"progress": sentence(number + 3, 30), "rag_reason": sentence(number + 5, 12)}
                make.make_update(action, quarter, submitted_by=officer, rag=LIGHTS[number % 4], **words)
                make.make_reading(kpi, Period.of_quarter(quarter), entered_by=officer)
                make.make_target(kpi, Period.of_quarter(quarter))

    def _deepen(self, quarters: list[Any]) -> None:
        """A longer past of the one action and the one KPI whose own pages are asked for."""
        officer = self.world.people["lead officer"]
        for quarter in quarters:
            make.make_milestone(self.world[Action], text=sentence(quarter.ordinal), due_on=quarter.ends_on)
        for quarter in quarters[1:]:
            make.make_update(self.world[Action], quarter, submitted_by=officer)
            make.make_reading(self.world[Indicator], Period.of_quarter(quarter), entered_by=officer)
            make.make_target(self.world[Indicator], Period.of_quarter(quarter))

    def open(self, view: Page) -> tuple[HttpResponse, list[str]]:
        """The page, and the queries it took."""
        name = view.address.name
        url = view.url(self.world) + (f"?plan={self.world[Plan].slug}" if name == "dashboard" else "")
        with CaptureQueriesContext(connection) as captured:
            answer = whole(self.browsers[READERS.get(name, "manager")].get(url))
        return answer, [query["sql"] for query in captured]


@pytest.fixture(scope="module")
def sized(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Sized]]:
    with django_db_blocker.unblock(), time_machine.travel(make.NOW, tick=False), transaction.atomic():
        yield {"few": Sized("Few", 3, 2), "many": Sized("Many", 50, 2), "long": Sized("Long", 3, 12)}
        transaction.set_rollback(True)


#: How a query that reads begins: a PostgreSQL cursor of a streamed one has a name of its own each time.
READING = ("SELECT", "DECLARE")


def test_every_page_has_a_budget():
    missing = sorted({view.address.name for view in READ} - set(BUDGETS))
    assert not missing, f"Say in BUDGETS how many queries {', '.join(missing)} may take."
    assert set(BUDGETS) <= {view.address.name for view in READ}


@pytest.mark.parametrize("view", READ, ids=str)
def test_a_page_costs_the_same_however_much_there_is(sized, view: Page):
    few, many, long = (sized[size].open(view)[1] for size in ("few", "many", "long"))
    assert len(few) <= BUDGETS[view.address.name]
    if view.address.name in HISTORIES:
        assert max(len(many), len(long)) <= len(few)
    else:
        assert len(many) == len(few)
        assert len(long) == len(few)


@pytest.mark.parametrize("view", [view for view in READ if view.method == "page"], ids=str)
def test_a_page_asks_nothing_twice(sized, view: Page):
    asked = Counter(sql[sql.index("SELECT") :] for sql in sized["many"].open(view)[1] if sql.startswith(READING))
    assert not [sql for sql, times in asked.items() if times > 1]


@pytest.mark.parametrize("view", [view for view in READ if view.address.name in LISTS], ids=str)
def test_a_list_of_fifty_rows_is_small_on_the_wire(sized, view: Page):
    words = sized["many"].open(view)[0].content
    assert words.count(b"<tr") + words.count(b"<li") >= 50
    assert len(gzip.compress(words, 6)) <= 12_000
