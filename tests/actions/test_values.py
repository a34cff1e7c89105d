"""The words of actions and updates: which statuses are still open, which updates count."""

from actions.values import CLOSED_STATUSES, COUNTED_STATES, ActionStatus, UpdateState


def test_which_statuses_still_owe_an_update():
    owing = [ActionStatus.NOT_STARTED, ActionStatus.IN_PROGRESS]
    assert [status for status in ActionStatus if status.owes_updates] == owing


def test_which_statuses_are_open():
    assert [status for status in ActionStatus if status.is_open] == [
        ActionStatus.NOT_STARTED,
        ActionStatus.IN_PROGRESS,
        ActionStatus.PAUSED,
    ]
    assert [status for status in ActionStatus if status.is_closed] == list(CLOSED_STATUSES)


def test_drafts_and_returned_updates_never_count():
    assert [state for state in UpdateState if state.counts] == list(COUNTED_STATES)
    assert not UpdateState.DRAFT.counts
    assert not UpdateState.RETURNED.counts
