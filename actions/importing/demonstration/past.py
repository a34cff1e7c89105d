"""Puts what has just been written into the demonstration's past.

The services note the moment at which they write. A demonstration tells what happened over a year, so the moment is set
back afterwards: in the history rows, and in the columns that say when. Its mails have gone long ago: none is sent, also
because nobody has their addresses. Nothing but the demonstration does this.
"""

from datetime import datetime

from django.apps import apps
from django.db.models import Max, Model

from csp_tracker.models import OutboxMail
from csp_tracker.writing import Tracked

#: The columns, by model, in which a service notes the time itself.
NOTED = {
    "Reading": "entered_at",
    "DueDateChange": "changed_at",
    "Comment": "written_at",
    "PrivateNote": "written_at",
    "Evidence": "put_up_at",
}

#: How the addresses of the demonstration end. None of them is ever anybody's.
NOBODYS = ".example"


class Past:
    """Knows which history rows have their date already."""

    def __init__(self) -> None:
        self.models = [model for model in apps.get_models() if issubclass(model, Tracked)]
        self.seen = {model: self._newest(model) for model in self.models}

    def set_back(self, moment: datetime) -> None:
        """Date everything written since the last call, and take its mails as sent."""
        for model in self.models:
            newest = self._newest(model)
            if newest == self.seen[model]:
                continue
            rows = model.history.filter(history_id__gt=self.seen[model])
            noted = {NOTED[model.__name__]: moment} if model.__name__ in NOTED else {}
            if noted:
                model._default_manager.filter(pk__in=rows.values("id")).update(**noted)
            rows.update(history_date=moment, **noted)
            self.seen[model] = newest
        waiting = OutboxMail.objects.filter(to__endswith=NOBODYS, sent_at=None)
        waiting.update(created_at=moment, next_attempt_at=moment, sent_at=moment, attempts=1)

    @staticmethod
    def _newest(model: type[Model]) -> int:
        return model.history.aggregate(newest=Max("history_id"))["newest"] or 0  # type: ignore[attr-defined]
