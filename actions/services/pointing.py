"""What is pointed out about updates as they are stored: the rules of actions.pointers with what they ask for."""

from collections import defaultdict
from collections.abc import Iterable

from actions.models import ActionIndicator, ProgressUpdate
from actions.pointers import QUARTERS_ALIKE, pointers
from actions.sensitive import of_update
from actions.services.figures import readings_for
from actions.values import COUNTED_STATES
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG


def pointed_out(updates: Iterable[ProgressUpdate], quarter: Quarter) -> dict[int, list[str]]:
    """What deserves a second look in each update of the quarter, by its key: four queries however many there are."""
    updates = list(updates)
    actions = [update.action_id for update in updates]
    earlier, measured = _earlier(actions, quarter), _measured(actions, quarter)
    return {
        update.pk: words_pointed_out(update)
        + pointers(
            rag=RAG(update.rag),
            progress=update.progress,
            work_needed=update.work_needed,
            rag_reason=update.rag_reason,
            suggested=RAG(update.suggested_rag) if update.suggested_rag else None,
            measured=measured[update.action_id],
            earlier=earlier[update.action_id],
        )
        for update in updates
    }


def words_pointed_out(update: ProgressUpdate) -> list[str]:
    """What in an update's words somebody could be recognised by, a sentence each."""
    return of_update(
        progress=update.progress,
        work_needed=update.work_needed,
        rag_reason=update.rag_reason,
        back_on_track=update.back_on_track,
    )


def _earlier(actions: list[int], quarter: Quarter) -> dict[int, list[tuple[RAG, str]]]:
    """Light and words of the quarters just before, the newest first, up to the first without an update."""
    before = [Quarter.from_ordinal(quarter.ordinal - back) for back in range(1, QUARTERS_ALIKE)]
    rows = ProgressUpdate.objects.filter(action__in=actions, quarter__in=before, state__in=COUNTED_STATES)
    said = {(action, one): (RAG(rag), words)
            for action, one, rag, words in rows.values_list("action", "quarter", "rag", "progress")}  # fmt: skip
    found: dict[int, list[tuple[RAG, str]]] = defaultdict(list)
    for action in actions:
        for one in before:
            if (action, one) not in said:
                break
            found[action].append(said[action, one])
    return found


def _measured(actions: list[int], quarter: Quarter) -> dict[int, list[RAG]]:
    """The measured lights of each action's KPIs."""
    measured = ActionIndicator.objects.filter(action__in=actions, indicator__archived_at__isnull=True)
    links = list(measured.select_related("indicator"))
    found: dict[int, list[RAG]] = defaultdict(list)
    readings = readings_for({link.indicator for link in links}, quarter)
    for link in links:
        reading = readings[link.indicator]
        found[link.action_id].append(RAG(reading.rating) if reading else RAG.NOT_RATED)
    return found
