"""A form that is posted twice – a double click without scripts, back and send again – is taken once.

Every form of pages.csv, and every form of admin that adds a row, is filled in as a browser shows it and posted twice.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from actions.models import Action, Milestone, Objective, Plan, Priority
from csp_tracker.models import Agency, Partnership
from indicators.models import Indicator, PoliceSeries
from tests import builders as make
from tests.conftest import SettledClient
from tests.filling import filled_in
from tests.pages import Page, pages
from tests.test_who_sees_what import is_allowed
from tests.visitors import BOOKKEEPING, WRITES, Visitors
from tests.world import ACTORS, World

pytestmark = pytest.mark.django_db


def agency_of(own: World) -> Any:
    return own[Agency].pk


def a_month_of_crimes(own: World) -> dict[str, Any]:
    """A figure of the KPI of the grid that has none yet."""
    return {f"{own[PoliceSeries].indicator_id}-2025-04-figure": "7"}


def earlier_action_ended(own: World) -> dict[str, Any]:
    """What became of the action of the plan before, corrected."""
    action = Action.objects.get(plan__following=own[Plan])
    return {"meeting": "Annual meeting", f"{action.pk}-became": "dropped", f"{action.pk}-reason": "No money"}


def an_update(own: World) -> dict[str, Any]:
    """Words, evidence, a milestone that was reached and another due date."""
    words = {"progress": "Three more events were held.", "submit": "submit", "evidence_link": "https://example.org/a"}
    return words | {f"milestone_{own[Milestone].pk}": "on", "due_on_0": "31", "due_on_1": "12", "due_on_2": "2025"}


class Again(SimpleUploadedFile):
    """A file that is sent as often as the form is."""

    def read(self, *size: int) -> bytes:
        self.seek(0)
        return super().read(*size)


#: What is typed where a form as it is shown would be refused, or would change nothing.
TYPED: dict[str, Any] = {
    "plan_new": {
        "title": "Next", "starts_on_0": "1", "starts_on_1": "4", "starts_on_2": "2026", "ends_on_0": "31",
        "ends_on_1": "3", "ends_on_2": "2027",
    },
    "plan_edit": {"title": "Another title"},
    "plan_forward": {"meeting": "Annual meeting"},
    "plan_lineage": earlier_action_ended,
    "plan_wording": {"heading-3": "Deeds"},
    "plan_priority_new": {"title": "Parks"},
    "plan_objective_new": {"text": "Light the paths"},
    "plan_part_edit": {"number": "9"},
    "plan_part_place of objective": {"under": lambda own: own[Plan].priorities.last().pk},
    "plan_part_place of action": {"under": lambda own: Objective.objects.filter(priority__plan=own[Plan]).last().pk},
    "plan_assign": {"set-lead_agency": "none"},
    "action_new": {"text": "Walk", "timescale_kind": "ongoing"},
    "action_edit": {"text": "Walk further"},
    "imports": {"file": Again("plan.csv", b"Ref,Action,RAG\n1.1,Walk,Green\n1.2,Run,Red")},
    "import": {"answer-mauve": "red"},
    "import_row": {"decision": "note"},
    "import_columns": {"column-progress": "comment"},
    "import_offers": {"offer-carried_forward-1-2-1": "on"},
    "action_comment": {"comment-text": "Well done."},
    "action_note": {"note-text": "Quietly."},
    "milestone_new": {"text": "Open the path", "due_on_0": "31", "due_on_1": "10", "due_on_2": "2025"},
    "milestone_edit": {"text": "Open both paths"},
    "update": an_update,
    "round_open": {"quarter": "2025-26-Q3"},
    "round_dates": {"due_on_0": "23"},
    "round_lock": {"is_sure": "on"},
    "indicator_new": {"name": "Walks", "polarity": "higher"},
    "indicator_edit": {"name": "Walks"},
    "baseline_new": {"value": "7", "label": "2023/24"},
    "baseline_edit": {"label": "2023/24"},
    "target_edit": {"value": "7"},
    "reading_edit": {"value": "7"},
    "readings_grid": a_month_of_crimes,
    "person_invite": {"email": "new@example.org", "name": "New", "role": "officer", "agency": agency_of},
    "person_edit": {"job_title": "Sergeant"},
    "admin:csp_tracker_agency_add": {"name": "Fire service"},
    "admin:csp_tracker_partnership_add": {"name": "Chelmsford", "slug": "chelmsford"},
    "admin:csp_tracker_membership_add": {"email": "new@example.org", "name": "New", "agency": agency_of},
    "admin:actions_plan_add": {"title": "Next", "starts_on": "2026-04-01", "ends_on": "2027-03-31"},
    "admin:actions_priority_add": {"plan": lambda own: own[Plan].pk, "title": "Parks"},
    "admin:actions_objective_add": {"priority": lambda own: own[Priority].pk, "text": "Light the paths"},
    "admin:actions_action_add": {
        "objective": lambda own: own[Objective].pk, "text": "Walk", "timescale_kind": "ongoing",
    },
    "admin:actions_milestone_add": {
        "action": lambda own: own[Action].pk, "text": "Open the path", "due_on": "2025-10-31",
    },
    "admin:indicators_indicator_add": {"name": "Walks"},
    "admin:indicators_policeseries_add": {
        "indicator": lambda own: make.make_indicator(own[Partnership], frequency="month").pk, "crime_types": "burglary",
    },
    "admin:indicators_baseline_add": {"indicator": lambda own: own[Indicator].pk, "value": "7"},
    "admin:indicators_target_add": {
        "indicator": lambda own: own[Indicator].pk, "period_kind": "year", "period_starts_on": "2026-04-01",
        "value": "7",
    },
    "admin:indicators_ratingscheme_add": {"effective_from": "2026-04-01"},
}  # fmt: skip
#: Buttons that stand on a page of another form.
SHOWN_ON = {"action_comment": ("action", "comment-text"), "action_note": ("action", "note-text")}
#: Pages that are about the product's forms in name only: allauth's own, and those that always answer “not found”.
LEFT_OUT = re.compile(r"accounts/|admin/(login|logout|account/|mfa/)")
#: Posted by who has nothing to renumber, and for parts that are not archived.
NOTHING_TO_DO = (
    "plan_renumber of plan",
    *(f"plan_part_restore of {part}" for part in ("priority", "objective", "action")),
    "milestone_restore of action",
)


def _forms() -> list[Page]:
    ours = [page for page in pages() if not LEFT_OUT.match(page.address.route) and page.at != "anybody"]
    shown = [page for page in ours if page.method == "form" or page.address.name in SHOWN_ON]
    adding = [page for page in ours if page.method == "admin" and page.address.name.endswith("_add")]
    return [page for page in [*shown, *adding] if "draft" not in page.at]


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    with Visitors.come(django_db_blocker) as visitors:
        yield visitors


@pytest.mark.parametrize("view", _forms(), ids=str)
def test_the_same_form_posted_twice_writes_once(visitors, view: Page):
    """Also a form that changes something: the second time it is stale, or changes nothing."""
    name, own = view.address.name, visitors.own
    actor = next((one for one in reversed(ACTORS) if view.expected[one] == 200), None)
    if actor is None:
        assert not [one for one in ACTORS if is_allowed(view, one) and view.expected[one] != 302]
        return
    shown_on, field = SHOWN_ON.get(name, (name, None))
    url = view.url(own)
    page = url if shown_on == name else own[Action].get_absolute_url()
    typed = filled_in(visitors.look(actor, page), field)
    typed |= typed_for(view, own)
    typed |= {key: "Tried" for key in typed if re.fullmatch(r"(\w+-)?(date_)?reason", key)}
    first, second = twice(visitors, actor, url, typed)
    assert first.status_code == 302, first.context["form"].errors
    assert first.written or str(view) in NOTHING_TO_DO
    assert not second.written, "The same form made something again."
    assert second.status_code in (200, 302, 409)
    if name.endswith(("_edit", "_dates", "_rate")) or name == "update":  # no conflict with oneself
        assert (second.status_code, second["location"]) == (302, first["location"])
    if name.endswith("_new") or name == "person_invite":
        assert (second.status_code, second["location"]) == (302, first["location"])


def typed_for(view: Page, own: World) -> dict[str, Any]:
    """What a person would type on the page."""
    given = TYPED.get(str(view), TYPED.get(view.address.name, {}))
    given = given(own) if callable(given) else given
    return {name: value(own) if callable(value) else value for name, value in given.items()}


def twice(visitors: Visitors, actor: str, url: str, typed: dict[str, Any]) -> list[Any]:
    """The two answers, each with the statements by which it wrote; all of it is taken back."""
    browser = SettledClient()
    browser.cookies.update(visitors.sessions[actor])
    answers = []
    with transaction.atomic():
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                answer = browser.post(url, typed)
            statements = [query["sql"] for query in captured]
            answer.written = [sql for sql in statements if WRITES.match(sql) and not is_bookkeeping(sql)]
            answers.append(answer)
        transaction.set_rollback(True)
    return answers


def is_bookkeeping(sql: str) -> bool:
    """Whether the statement only notes that somebody is there, or asks whether the form has come before."""
    return bool(BOOKKEEPING.match(sql)) or "formreceipt" in sql or "django_admin_log" in sql
