"""What people did with the plan of the demonstration, quarter by quarter, as the fixture tells it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from actions.importing.demonstration.calendar import FILLED, Calendar
from actions.importing.demonstration.measures import Measures
from actions.importing.demonstration.past import Past
from actions.importing.demonstration.people import Cast
from actions.importing.demonstration.planning import Told
from actions.models import Action, Plan, ProgressUpdate, Round
from actions.reminding import days_of
from actions.services.actions import change_action, change_due_date, close_action
from actions.services.beside import Beside
from actions.services.evidence import NewEvidence, put_up
from actions.services.figures import Figure
from actions.services.milestones import Tick
from actions.services.notes import add_comment, add_private_note
from actions.services.reminders import remind_now, send_reminders
from actions.services.rounds import lock_round, open_round
from actions.services.updates import approve, return_update, save_draft, submit
from actions.values import ActionStatus
from csp_tracker.models import User
from csp_tracker.rag import RAG

# Days after a quarter's end by which these things happened.
MEASURED_AFTER, SUBMITTED_AFTER, APPROVED_AFTER, DUE_AFTER, LOCKED_AFTER, COMMITTEE_AFTER = 7, 14, 18, 21, 24, 45
ASKED_AGO = timedelta(days=5)  # when the manager reminded those of whom nothing has come


class Story:
    """Plays the fixture's parts through the services."""

    def __init__(self, plan: Plan, told: Told, cast: Cast, measures: Measures, calendar: Calendar, past: Past) -> None:
        self.plan = plan
        self.told = told
        self.cast = cast
        self.measures = measures
        self.calendar = calendar
        self.past = past
        self.entered: set[str] = set()
        self.steps = {action.pk: one.get("milestones", ()) for action, one in told}

    def play(self) -> None:
        """The four quarters that are over, and the open one so far."""
        for offset in FILLED:
            self._quarter_gone_by(offset)
        self._open_quarter()

    def _quarter_gone_by(self, offset: int) -> None:
        quarter = self.calendar.quarter(offset)
        opened = self._open_round(offset)
        self.past.set_back(self.calendar.after(quarter, 1))
        self._events(offset)
        self.past.set_back(self.calendar.after(quarter, MEASURED_AFTER))
        reminded = self._days_of(opened) if offset == FILLED[-1] else []
        submitted_on = self.calendar.after(quarter, SUBMITTED_AFTER).date()
        self._remind(day for day in reminded if day < submitted_on)
        updates = [
            self._submit(action, offset, update, self._author(action, one))
            for action, one in self.told
            if (update := one["updates"][offset - FILLED[0]]) is not None
        ]
        self.past.set_back(self.calendar.after(quarter, SUBMITTED_AFTER))
        for update in updates:
            self._approve(update, offset)
        self.past.set_back(self.calendar.after(quarter, APPROVED_AFTER))
        self._remind(day for day in reminded if day >= submitted_on)
        now = self.calendar.after(quarter, LOCKED_AFTER)
        lock_round(round=opened, version=opened.version, by=self.cast.people["manager"], now=now)
        self.past.set_back(now)

    def _open_quarter(self) -> None:
        opened = self._open_round(0)
        self.past.set_back(self.calendar.after(self.calendar.quarter(-1), 1))
        self._remind(self._days_of(opened))
        self._ask(opened)
        for action, one in self.told:
            update = one["updates"][-1]
            if update is not None:
                typed_by = self.cast.people[update["typed_by"]] if "typed_by" in update else None
                self._report(action, update, typed_by or self._author(action, one))
        self.past.set_back(self.calendar.now())

    def _report(self, action: Action, update: dict[str, Any], author: User) -> None:
        if update["state"] == "draft":
            save_draft(**self._said(action, 0, update, author))
            return
        submitted = self._submit(action, 0, update, author)
        if "first_written" in update:
            self._reword(submitted, update)
        if update["state"] == "approved":
            self._approve(submitted, 0)
        elif update["state"] == "returned":
            return_update(
                update=submitted,
                version=submitted.version,
                words=update["returned_words"],
                by=self._reviewer(submitted),
                now=self.calendar.now(),
            )

    def _open_round(self, offset: int) -> Round:
        """A past quarter’s opened when it was over; the running one is open already: people write as they go."""
        quarter = self.calendar.quarter(offset)
        last = quarter.ends_on
        return open_round(
            plan=self.plan,
            quarter=quarter,
            opens_on=quarter.starts_on if offset == 0 else last + timedelta(days=1),
            due_on=last + timedelta(days=DUE_AFTER),
            committee_on=last + timedelta(days=COMMITTEE_AFTER),
            by=self.cast.people["manager"],
        )

    def _days_of(self, opened: Round) -> list[date]:
        """The days until today on which the round has asked for its updates.

        Nobody gets two mails on a day: whom another round asked on the first, this one asks on the second.
        """
        last = min(self.calendar.today, opened.due_on + timedelta(days=LOCKED_AFTER - DUE_AFTER))
        days = {day for day, _ in days_of(opened.opens_on, opened.due_on, until=last)}
        return sorted(day for day in days | {opened.opens_on + timedelta(days=1)} if day <= last)

    def _remind(self, days: Iterable[date]) -> None:
        """What `manage.py send_reminders` has sent on those mornings."""
        for day in days:
            send_reminders(today=day, plan=self.plan)
            self.past.set_back(self.calendar.on(day))

    def _ask(self, opened: Round) -> None:
        """The manager asks those who have said nothing of an action so far."""
        manager = self.cast.people["manager"]
        silent = {self._author(action, one) for action, one in self.told if one["updates"][-1] is None}
        now = self.calendar.on(max(opened.opens_on, self.calendar.today - ASKED_AGO))
        people = sorted(silent - {manager}, key=lambda person: person.name)
        remind_now(round=opened, people=people, by=manager, now=now)
        self.past.set_back(now)

    def _said(self, action: Action, offset: int, update: dict[str, Any], author: User) -> dict[str, Any]:
        quarter = self.calendar.quarter(offset)
        return {
            "action": action,
            "quarter": quarter,
            "version": 0,
            "by": author,
            "today": self.calendar.after(quarter, SUBMITTED_AFTER).date(),
            "progress": update["progress"],
            "work_needed": update.get("work_needed", ""),
            "rag": RAG(update["light"]),
            "rag_reason": update.get("reason", ""),
            "back_on_track": update.get("back_on_track", ""),
            "carry_forward": update.get("carry_forward", False),
            "beside": Beside(milestones=self._reached(action, offset)),
        }

    def _reached(self, action: Action, offset: int) -> list[Tick]:
        """The milestones that were reached in the quarter, three weeks before its end or today."""
        reached = [step["text"] for step in self.steps[action.pk] if step.get("reached") == offset]
        if not reached:
            return []
        done_on = min(self.calendar.quarter(offset).ends_on - timedelta(weeks=3), self.calendar.today)
        return [Tick(step.pk, done_on, None) for step in action.milestones.filter(text__in=reached)]

    def _submit(self, action: Action, offset: int, update: dict[str, Any], author: User) -> ProgressUpdate:
        figures = self._figures(action) if offset == 0 else []
        now = self.calendar.after(self.calendar.quarter(offset), SUBMITTED_AFTER)
        said = self._said(action, offset, update, author) | {
            "progress": update.get("first_written", update["progress"]),
            "unchanged_because": update.get("unchanged_because", ""),
        }
        return submit(**said, figures=figures, now=now)

    def _reword(self, written: ProgressUpdate, update: dict[str, Any]) -> None:
        """The manager edits what its author has submitted; both texts stay to be seen."""
        now = self.calendar.after(written.quarter, SUBMITTED_AFTER)
        said = self._said(written.action, 0, update, self.cast.people["manager"])
        submit(**said | {"version": written.version}, now=now)

    def _figures(self, action: Action) -> list[Figure]:
        """The figures that are known, or said to be awaited, and that no earlier update has brought."""
        figures = []
        for indicator in action.indicators.all():
            reference = indicator.reference
            value = self.measures.of_open_quarter(reference)
            if reference not in self.entered and (value is not None or self.measures.is_awaited(reference)):
                self.entered.add(reference)
                figures.append(Figure(indicator, value=value))
        return figures

    def _approve(self, update: ProgressUpdate, offset: int) -> None:
        now = self.calendar.after(self.calendar.quarter(offset), APPROVED_AFTER)
        approve(update=update, version=update.version, by=self._reviewer(update), now=now)

    def _reviewer(self, update: ProgressUpdate) -> User:
        """The manager, or the second one for the manager's own words."""
        manager = self.cast.people["manager"]
        return self.cast.people["second"] if update.submitted_by_id == manager.pk else manager

    def _author(self, action: Action, one: dict[str, Any]) -> User:
        return self.cast.people[one["lead"]] if "lead" in one else self.cast.person_of(one["agency"])

    def _events(self, offset: int) -> None:
        """Dates moved, actions closed or paused in the quarter."""
        for action, one in self.told:
            for event in one.get("events", ()):
                if event["quarter"] == offset:
                    action.refresh_from_db()
                    self._happen(action, event, self.cast.people[event["by"]])

    def _happen(self, action: Action, event: dict[str, Any], by: User) -> None:
        reason = event["reason"]
        if event["what"] == "date":
            change_due_date(
                action=action,
                version=action.version,
                due_on=self.calendar.last_day(event["due"]),
                precision=action.due_precision,
                reason=reason,
                by=by,
            )
        elif event["what"] == "close":
            closed_on = self.calendar.quarter(event["quarter"]).ends_on
            close_action(action=action, status=event["status"], closed_on=closed_on, reason=reason, by=by)
        else:
            change_action(action=action, version=action.version, status=ActionStatus.PAUSED, reason=reason, by=by)

    def _show(self, action: Action, shown: dict[str, Any], by: User) -> None:
        """A link, or a file of the lines the fixture has for it."""
        words = "".join(f"{line}\r\n" for line in shown.get("lines", ()))
        new = NewEvidence(shown["title"], shown.get("link", ""), shown.get("name", ""), words.encode())
        put_up(action=action, quarter=self.calendar.quarter(0), new=new, by=by, today=self.calendar.today)

    def talk(self, data: dict[str, Any]) -> None:
        """Comments, evidence and private notes."""
        actions = {action.reference: action for action, _ in self.told}
        for comment in data["comments"]:
            quarter = self.calendar.quarter(comment["quarter"])
            by = self.cast.people[comment["by"]]
            add_comment(action=actions[comment["action"]], quarter=quarter, text=comment["text"], by=by)
            self.past.set_back(self.calendar.after(quarter, SUBMITTED_AFTER))
        for shown in data["evidence"]:
            self._show(actions[shown["action"]], shown, self.cast.people[shown["by"]])
        for note in data["private_notes"]:
            by = self.cast.people[note["by"]]
            add_private_note(action=actions[note["action"]], text=note["text"], by=by)
        self.past.set_back(self.calendar.now())
