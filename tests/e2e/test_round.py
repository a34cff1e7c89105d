"""A whole quarter of the demonstration, from opening to lock, day by day: cron, officers and the manager.

`PICTURES=yes python -m pytest -n 0 tests/e2e/test_round.py` leaves a picture of each step in screenshots/, and the
figures in quarter.txt there: mails by kind, presses and seconds for an update.
"""

import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from time import monotonic

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.importing.demonstration import load_demonstration
from actions.models import Action, Plan, ProgressUpdate, Reminder, Round
from actions.reminding import ReminderKind
from actions.values import PlanStatus, UpdateState
from csp_tracker.models import OutboxMail, User
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from tests.builders import PASSWORD
from tests.e2e.looking import DESK, PHONE, faults, set_width
from tests.e2e.steps import heading
from tests.filling import filled_in

NEXT = Quarter.parse("2025-26-Q2")
OPENS, DUE = date(2025, 7, 15), date(2025, 7, 29)
HALFWAY, ASKED, DAY_BEFORE, LATE = date(2025, 7, 22), date(2025, 7, 25), date(2025, 7, 28), date(2025, 8, 1)
PICTURES = settings.BASE_DIR / "screenshots" if os.environ.get("PICTURES") else None


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


@pytest.fixture
def go_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Let it be the morning of that day for tests, server and commands."""

    def move(day: date) -> None:
        start, morning = monotonic(), datetime.combine(day, time(9, 30), UTC)
        monkeypatch.setattr(timezone, "now", lambda: morning + timedelta(seconds=monotonic() - start))

    return move


def cron(round_: Round, day: date) -> set[int]:
    """The morning's `send_reminders`; whom it asked for the round, each in the one mail of the day."""
    call_command("send_reminders", verbosity=0, stdout=StringIO())
    asked = Reminder.objects.filter(on=day, asked_by=None)
    mails = set(asked.values_list("person", "mail"))
    assert len(mails) == len({person for person, _ in mails})
    return set(asked.filter(round=round_).values_list("person", flat=True))


def picture(page: Page, step: str) -> None:
    """How the step looks on a desk and on a phone, where somebody asked for pictures."""
    if PICTURES is not None:
        PICTURES.mkdir(exist_ok=True)
        for width in (DESK, PHONE):
            set_width(page, width)
            page.screenshot(path=PICTURES / f"quarter-{step}-{width}.png", full_page=True)
        set_width(page, DESK)


def seen(page: Page, step: str) -> None:
    """Nothing is wrong with the page, in a state that the walk over every page does not meet."""
    assert not faults(page), step
    picture(page, step)


class Keyboard:
    """An officer who never touches the mouse. Enter and Space are counted: they are what a click is to others."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def reach(self, selector: str) -> None:
        """Tab until the thing has the focus."""
        is_there = "(selector) => document.activeElement.matches(selector)"
        for _ in range(80):
            if self.page.evaluate(is_there, selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} was not reached")

    def press(self, selector: str, key: str = "Enter") -> None:
        """Go there and press it."""
        self.reach(selector)
        self.presses += 1
        self.page.keyboard.press(key)

    def leave(self, selector: str) -> None:
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.press(selector)

    def write_update(self, words: str) -> None:
        """Words, a green light, submitted."""
        self.reach("#id_progress")
        self.page.keyboard.type(words)
        self.press("input[name=rag]", "Space")  # the first of the lights, from which the arrows choose
        for _ in range(2):
            self.page.keyboard.press("ArrowDown")
        assert self.page.evaluate("document.activeElement.value") == "green"
        self.leave("button.govuk-button[name=submit]")


def owed_to(person: User, plan: Plan) -> list[Action]:
    return list(Action.objects.owing(NEXT).filter(plan=plan, lead_officer=person).in_plan_order())


def test_a_whole_quarter_from_opening_to_lock(enter, plan, go_to, base_url):
    members = {one.user_id: one.user for one in plan.partnership.memberships.current().select_related("user")}
    manager = plan.partnership.memberships.filter(role=Role.MANAGER).order_by("pk")[0].user
    page = enter(manager)
    main = page.get_by_role("main")

    # 15 July. The manager opens the quarter with what is proposed but for the dates: three clicks from the menu.
    page.goto("/rounds/")
    follow(page, f"Open a round of {plan.title}")
    expect(page.get_by_label("Quarter")).to_have_value(NEXT.code)
    for name, day in (("Opens on", OPENS), ("Updates due", DUE)):
        boxes = page.get_by_role("group", name=name)
        for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            boxes.get_by_label(label).fill(str(value))
    picture(page, "01-open")
    press(page, "Open round")
    expect(heading(page)).to_have_text(f"Round for {NEXT}")
    round_ = Round.objects.get(plan=plan, quarter=NEXT)
    owing = Action.objects.owing(NEXT).filter(plan=plan)
    number = owing.count()
    expect(main).to_contain_text(f"0 of {number} submitted or approved")
    picture(page, "02-opened")

    # Cron asks everybody who owes something, each with one mail; asked again the same day, it writes nothing.
    asked = {ReminderKind.OPENING: cron(round_, OPENS)}
    led = [action for action in owing if action.lead_officer_id in members]
    assert asked[ReminderKind.OPENING] >= {action.lead_officer_id for action in led}
    before = OutboxMail.objects.count()
    cron(round_, OPENS)
    assert OutboxMail.objects.count() == before

    # An officer follows a link of the mail, through signing in, straight to the form; then, by keyboard alone, writes
    # and is led to the next: two presses for an update, three with the link or the task that opens it.
    officer = max(
        (members[key] for key in asked[ReminderKind.OPENING] if key != manager.pk),
        key=lambda person: len(owed_to(person, plan)),
    )
    first, *others = owed_to(officer, plan)
    assert others, "one who owes several"
    mail = Reminder.objects.get(round=round_, person=officer, on=OPENS).mail
    url = f"/actions/{first.pk}/updates/{NEXT.code}/"
    assert url in mail.text
    assert mail.text.count("/updates/2025-26-Q2/") == len(others) + 1
    officer.set_password(PASSWORD)
    officer.save()
    page = enter(None)
    page.goto(url)
    page.get_by_label("Email address").fill(officer.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    picture(page, "03-sign-in")
    press(page, "Sign in")
    expect(heading(page)).to_have_text(f"Update for {NEXT}")
    assert page.url.endswith(url)
    picture(page, "04-form-from-the-mail")
    hands = Keyboard(page)
    hands.write_update("Done as planned.")
    assert hands.presses == 2
    expect(heading(page)).to_have_text(f"Update for {NEXT}")
    expect(page.get_by_role("main")).to_contain_text("submitted")
    page.goto("/updates/")
    picture(page, "05-my-updates")
    hands = Keyboard(page)
    began = monotonic()
    hands.leave(f"a[href='/actions/{others[0].pk}/updates/{NEXT.code}/']")
    hands.write_update("Done as planned, too.")
    seconds = monotonic() - began
    assert hands.presses == 3
    assert states(plan, NEXT) == {UpdateState.SUBMITTED: 2}

    # 22 July, halfway. Half have written; only the others are asked.
    led = [action for action in led if action not in (first, others[0])]
    silent = next(action for action in reversed(led) if action.lead_officer_id != manager.pk)
    led.remove(silent)
    half = [action for action in led if action.lead_officer_id <= median_of(led)]
    go_to(date(2025, 7, 21))
    for action in half:
        words = {"rag": "red", "rag_reason": "Rain."} if action == half[0] else {}
        write(members[action.lead_officer_id], action, NEXT, **words)
    go_to(HALFWAY)
    asked[ReminderKind.HALFWAY] = cron(round_, HALFWAY)
    still = {action.lead_officer_id for action in owing.all() if action.lead_officer_id in members}
    assert still <= asked[ReminderKind.HALFWAY] < asked[ReminderKind.OPENING]

    # 25 July. One click of the manager asks the same people; 28 July, the day before, cron does.
    go_to(ASKED)
    page = enter(manager)
    main = page.get_by_role("main")
    page.goto(f"/rounds/{plan.slug}/{NEXT.code}/")
    press(page, re.compile("Remind .* not submitted"))
    asked[ReminderKind.ASKED] = set(round_.reminders.filter(on=ASKED).values_list("person", flat=True))
    assert asked[ReminderKind.ASKED] == asked[ReminderKind.HALFWAY]
    picture(page, "06-reminded")
    go_to(DAY_BEFORE)
    asked[ReminderKind.DAY_BEFORE] = cron(round_, DAY_BEFORE)
    assert asked[ReminderKind.DAY_BEFORE] == asked[ReminderKind.HALFWAY]

    # 29 July: the rest but one. 1 August, three days late: only the one is asked, and whom the agency's own concern.
    go_to(DUE)
    for action in led:
        if action not in half:
            write(members[action.lead_officer_id], action, NEXT)
    go_to(LATE)
    asked[ReminderKind.OVERDUE] = cron(round_, LATE)
    assert silent.lead_officer_id in asked[ReminderKind.OVERDUE]
    assert len(asked[ReminderKind.OVERDUE]) < len(asked[ReminderKind.HALFWAY])
    page = enter(manager)
    main = page.get_by_role("main")
    page.goto(f"/rounds/{plan.slug}/{NEXT.code}/reminders/")
    picture(page, "07-log-of-reminders")

    # Greens that were green before are approved together: ticked where nothing has changed, else by the manager, who
    # reads what is marked. The others are approved one after another; one is returned and comes again.
    follow(page, re.compile("Rounds"))
    follow(page, f"{NEXT} of {plan.title}")
    seen(page, "08-round-before-review")
    written = [*led, first, others[0]]
    follow(page, f"Review {len(written)} updates")
    greens = page.get_by_role("checkbox")
    together = greens.count()
    assert together > 3
    expect(main.locator("input:checked")).to_have_count(0)  # everybody wrote anew
    expect(main.locator(".govuk-checkboxes__item").first.locator("ins").first).to_be_visible()
    seen(page, "09-review")
    for green in greens.all():
        green.check()
    press(page, "Approve ticked updates")
    expect(main).to_contain_text(f"{together} updates approved.")
    follow(page, "Review all of them one after another")
    returned = Action.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    page.get_by_text("Return it with words").click()
    page.get_by_label("What should change?").fill("How many people came?")
    seen(page, "10-review-one")
    press(page, re.compile("Return to"))
    assert "How many people came?" in OutboxMail.objects.filter(subject__contains="has come back").latest("pk").text
    author = returned.updates.get(quarter=NEXT).submitted_by
    browser = enter(author)
    browser.goto(f"/actions/{returned.pk}/updates/{NEXT.code}/")
    expect(browser.get_by_role("main")).to_contain_text("How many people came?")
    picture(browser, "11-returned-form")
    write(author, returned, NEXT, progress="Forty people came.", rag="green")
    clicks = 0
    while page.get_by_role("button", name="Approve", exact=True).count():
        press(page, "Approve")
        clicks += 1
    expect(main).to_contain_text("Nothing more waits for your approval.")
    own = [action for action in written if action.lead_officer_id == manager.pk]
    assert states(plan, NEXT) == {UpdateState.APPROVED: len(written) - len(own)} | (
        {UpdateState.SUBMITTED: len(own)} if own else {}
    )
    assert clicks == len(written) - len(own) - together

    # The quarter is locked with what is unfinished in words; the page says who and when.
    follow(page, "Lock the quarter")
    expect(main).to_contain_text(f"{len(written) - len(own)} of {number} updates are approved")
    missing = number - len(written)
    expect(main).to_contain_text(re.compile(rf"{missing} actions? ha(s|ve) no update at all"))
    seen(page, "12-lock")
    page.get_by_role("checkbox").check()
    press(page, f"Lock {NEXT}")
    expect(main).to_contain_text(f"Locked by {manager.name} on 1 August 2025")
    seen(page, "13-locked")
    go_to(date(2025, 8, 5))
    assert not cron(round_, date(2025, 8, 5)), "nobody is asked once the quarter is locked"

    # Leave for the one who was late: written, reviewed and approved, though the quarter is locked.
    page = enter(manager)
    page.goto(f"/actions/{silent.pk}/unlock/{NEXT.code}/")
    page.get_by_label("Who may change it").select_option(str(silent.lead_officer_id))
    page.get_by_label("Why is it opened again?").fill("Was ill.")
    picture(page, "14-unlock")
    press(page, "Unlock")
    write(silent.lead_officer, silent, NEXT)
    assert silent.updates.get(quarter=NEXT).state == UpdateState.SUBMITTED
    page.goto(f"/rounds/{plan.slug}/{NEXT.code}/")
    follow(page, re.compile("Review [0-9]+ update"))
    follow(page, "Review all of them one after another")
    expect(heading(page)).to_have_text(f"Review action {silent.reference}")
    press(page, "Approve")
    assert silent.updates.get(quarter=NEXT).state == UpdateState.APPROVED

    if PICTURES is not None:
        mails = ", ".join(f"{kind.label.lower()} {len(people)}" for kind, people in asked.items())
        lines = (
            f"{number} updates owed, {len(written) + 1} written. Mails: {mails}; 1 returned.",
            f"{together} approved together, {clicks} one after another.",
            f"An update by keyboard: 3 presses, {seconds:.1f} s scripted; the next one 2 presses.",
        )
        (PICTURES / "quarter.txt").write_text("\n".join(lines) + "\n")


def median_of(led: list[Action]) -> int:
    """The lead officer in the middle, by number."""
    leads = sorted({action.lead_officer_id for action in led if action.lead_officer_id is not None})
    return leads[len(leads) // 2]
