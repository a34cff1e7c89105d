"""A whole quarter of the demonstration, from opening to lock: the manager in the browser, officers by their forms."""

import re
from collections import Counter
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.importing.demonstration import load_demonstration
from actions.models import Action, Plan, ProgressUpdate, Round
from actions.values import PlanStatus, UpdateState
from csp_tracker.models import OutboxMail, User
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from tests.e2e.looking import faults
from tests.e2e.steps import heading
from tests.filling import filled_in

NEXT = Quarter.parse("2025-26-Q2")


@pytest.fixture
def plan() -> Plan:
    """The demonstration as it stood in June: its newest round is that of the quarter before."""
    list(load_demonstration(today=date(2025, 6, 20)))
    return Plan.objects.get(partnership__slug__contains="demonstration", status=PlanStatus.ACTIVE)


def write(person: User, action: Action, quarter: Quarter, **words: str) -> None:
    """Fill in the form of an update as a browser shows it, and submit it."""
    browser = Client()
    browser.force_login(person)
    url = f"/actions/{action.pk}/updates/{quarter.code}/"
    typed = filled_in(browser.get(url), "progress")
    answer = browser.post(url, typed | {"submit": "yes", "progress": "Done as planned.", "rag": "green"} | words)
    assert answer.status_code == 302, answer.context["form"].errors


def states(plan: Plan, quarter: Quarter) -> Counter[str]:
    found = ProgressUpdate.objects.filter(action__plan=plan, quarter=quarter)
    return Counter(found.values_list("state", flat=True))


def press(page: Page, button: str | re.Pattern) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def follow(page: Page, link: str | re.Pattern) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=link).first.click()


def test_a_whole_quarter_from_opening_to_lock(enter, plan):
    members = {one.user_id: one.user for one in plan.partnership.memberships.current().select_related("user")}
    manager = plan.partnership.memberships.filter(role=Role.MANAGER).order_by("pk")[0].user
    page = enter(manager)
    main = page.get_by_role("main")

    # The manager opens the next quarter with what is proposed: three clicks from the menu.
    page.goto("/rounds/")
    follow(page, f"Open a round of {plan.title}")
    expect(page.get_by_label("Quarter")).to_have_value(NEXT.code)
    today = timezone.localdate()
    boxes = page.get_by_role("group", name="Opens on")
    for label, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        boxes.get_by_label(label).fill(str(value))
    press(page, "Open round")
    expect(heading(page)).to_have_text(f"Round for {NEXT}")
    round_ = Round.objects.get(plan=plan, quarter=NEXT)
    owing = Action.objects.owing(NEXT).filter(plan=plan)
    number = owing.count()
    expect(main).to_contain_text(f"0 of {number} submitted or approved")

    # One click reminds everybody who can be asked, each with one mail.
    before = OutboxMail.objects.count()
    press(page, re.compile("Remind .* not submitted"))
    reminded = set(round_.reminders.values_list("person", flat=True))
    assert OutboxMail.objects.count() - before == len(reminded) > 5

    # The officers write theirs; the manager's own and what an agency leads are written too, and one is left.
    led = [action for action in owing if action.lead_officer_id in members]
    silent = next(action for action in reversed(led) if action.lead_officer_id != manager.pk)
    led.remove(silent)
    for action in led:
        words = {"rag": "red", "rag_reason": "Rain."} if action == led[0] else {}
        write(members[action.lead_officer_id], action, NEXT, **words)
    assert states(plan, NEXT) == {UpdateState.SUBMITTED: len(led)}

    # Unchanged greens are approved together, the others one after another; one is returned and comes again.
    follow(page, re.compile("Rounds"))
    follow(page, f"{NEXT} of {plan.title}")
    follow(page, f"Review {len(led)} updates")
    together = page.get_by_role("checkbox").count()
    assert together > 3
    assert not faults(page)
    press(page, "Approve ticked updates")
    expect(main).to_contain_text(f"{together} updates approved.")
    follow(page, "Review all of them one after another")
    returned = Action.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    page.get_by_text("Return it with words").click()
    page.get_by_label("What should change?").fill("How many people came?")
    press(page, re.compile("Return to"))
    assert "How many people came?" in OutboxMail.objects.filter(subject__contains="has come back").latest("pk").text
    write(returned.lead_officer, returned, NEXT, progress="Forty people came.", rag="green")
    clicks = 0
    while page.get_by_role("button", name="Approve", exact=True).count():
        press(page, "Approve")
        clicks += 1
    expect(main).to_contain_text("Nothing more waits for your approval.")
    own = [action for action in led if action.lead_officer_id == manager.pk]
    assert states(plan, NEXT) == {UpdateState.APPROVED: len(led) - len(own)} | (
        {UpdateState.SUBMITTED: len(own)} if own else {}
    )
    assert clicks == len(led) - len(own) - together

    # The quarter is locked with what is unfinished in words; the page says who and when.
    follow(page, "Lock the quarter")
    assert not faults(page)
    expect(main).to_contain_text(f"{len(led) - len(own)} of {number} updates are approved")
    expect(main).to_contain_text(re.compile(rf"{number - len(led)} actions? ha(s|ve) no update at all"))
    page.get_by_role("checkbox").check()
    press(page, f"Lock {NEXT}")
    expect(main).to_contain_text(f"Locked by {manager.name} on 15 July 2025")
    assert not faults(page)

    # Leave for the one who was late: written, reviewed and approved, though the quarter is locked.
    page.goto(silent.get_absolute_url())
    page.goto(f"/actions/{silent.pk}/unlock/{NEXT.code}/")
    page.get_by_label("Who may change it").select_option(str(silent.lead_officer_id))
    page.get_by_label("Why is it opened again?").fill("Was ill.")
    press(page, "Unlock")
    write(silent.lead_officer, silent, NEXT)
    assert silent.updates.get(quarter=NEXT).state == UpdateState.SUBMITTED
    page.reload()
    follow(page, "Review 1 update")
    follow(page, "Review all of them one after another")
    expect(heading(page)).to_have_text(f"Review action {silent.reference}")
    press(page, "Approve")
    assert silent.updates.get(quarter=NEXT).state == UpdateState.APPROVED
    assert round_.opens_on == date(2025, 7, 15)
