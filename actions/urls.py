"""Addresses of the actions app."""

from django.urls import URLPattern, path

from actions.views import (
    action,
    actions,
    assignment,
    beginning,
    carrying,
    evidence,
    milestones,
    plans,
    reminders,
    structure,
    tying,
    typed,
    updates,
)
from actions.views.imports import changing, listing, preview, settling, undoing
from actions.views.rounds import locking, pages, reviewing, waiting
from csp_tracker import converters  # noqa: F401 - registers the converter `quarter`

urlpatterns: list[URLPattern] = [
    path("plans/", plans.plan_list, name="plans"),
    path("plans/new/", plans.plan_new, name="plan_new"),
    path("plans/<slug:slug>/", plans.plan_page, name="plan"),
    path("plans/<slug:slug>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<slug:slug>/archive/", plans.plan_archive, name="plan_archive"),
    path("plans/<slug:slug>/restore/", plans.plan_restore, name="plan_restore"),
    path("plans/<slug:slug>/assign/", assignment.plan_assign, name="plan_assign"),
    path("plans/<slug:slug>/forward/", carrying.plan_forward, name="plan_forward"),
    path("plans/<slug:slug>/forward/confirm/", carrying.plan_forward_confirm, name="plan_forward_confirm"),
    path("plans/<slug:slug>/begin/", beginning.plan_begin, name="plan_begin"),
    path("plans/<slug:slug>/lineage/", tying.plan_lineage, name="plan_lineage"),
    path("plans/<slug:slug>/structure/", structure.plan_structure, name="plan_structure"),
    path("plans/<slug:slug>/renumber/", structure.plan_renumber, name="plan_renumber"),
    path("plans/<slug:slug>/priorities/new/", structure.plan_priority_new, name="plan_priority_new"),
    path(
        "plans/<slug:slug>/priority/<int:pk>/objectives/new/", structure.plan_objective_new, name="plan_objective_new"
    ),
    path("plans/<slug:slug>/<str:kind>/<int:pk>/edit/", structure.plan_part_edit, name="plan_part_edit"),
    path("plans/<slug:slug>/<str:kind>/<int:pk>/move/", structure.plan_part_move, name="plan_part_move"),
    path("plans/<slug:slug>/<str:kind>/<int:pk>/place/", structure.plan_part_place, name="plan_part_place"),
    path("plans/<slug:slug>/<str:kind>/<int:pk>/archive/", structure.plan_part_archive, name="plan_part_archive"),
    path("plans/<slug:slug>/<str:kind>/<int:pk>/restore/", structure.plan_part_restore, name="plan_part_restore"),
    path("actions/", actions.action_list, name="actions"),
    path("actions/new/", actions.action_new, name="action_new"),
    path("actions/<int:pk>/", action.action_page, name="action"),
    path("actions/<int:pk>/edit/", actions.action_edit, name="action_edit"),
    path("actions/<int:pk>/history/", action.action_history, name="action_history"),
    path("actions/<int:pk>/comments/", action.action_comment, name="action_comment"),
    path("actions/<int:pk>/notes/", action.action_note, name="action_note"),
    path("actions/<int:pk>/milestones/new/", milestones.milestone_new, name="milestone_new"),
    path("actions/<int:pk>/milestones/<int:milestone_pk>/edit/", milestones.milestone_edit, name="milestone_edit"),
    path(
        "actions/<int:pk>/milestones/<int:milestone_pk>/archive/",
        milestones.milestone_archive,
        name="milestone_archive",
    ),
    path(
        "actions/<int:pk>/milestones/<int:milestone_pk>/restore/",
        milestones.milestone_restore,
        name="milestone_restore",
    ),
    path("actions/<int:pk>/updates/<quarter:quarter>/", updates.update, name="update"),
    path("actions/<int:pk>/updates/<quarter:quarter>/typed/", typed.update_typed, name="update_typed"),
    path(
        "actions/<int:pk>/updates/<quarter:quarter>/typed/forget/",
        typed.update_typed_forget,
        name="update_typed_forget",
    ),
    path("actions/<int:pk>/evidence/<int:evidence_pk>/", evidence.evidence_file, name="evidence_file"),
    path("actions/<int:pk>/unlock/<quarter:quarter>/", locking.action_unlock, name="action_unlock"),
    path("rounds/<slug:slug>/<quarter:quarter>/reminders/", reminders.reminders, name="round_reminders"),
    path(
        "rounds/<slug:slug>/<quarter:quarter>/reminders/again/", reminders.reminders_again, name="round_reminders_again"
    ),
    path("updates/", updates.my_updates, name="updates"),
    path("rounds/", pages.round_list, name="rounds"),
    path("rounds/<slug:slug>/open/", pages.round_open, name="round_open"),
    path("rounds/<slug:slug>/<quarter:quarter>/", pages.round_page, name="round"),
    path("rounds/<slug:slug>/<quarter:quarter>/dates/", pages.round_dates, name="round_dates"),
    path("rounds/<slug:slug>/<quarter:quarter>/review/", waiting.round_review, name="round_review"),
    path("rounds/<slug:slug>/<quarter:quarter>/review/<int:pk>/", reviewing.round_review_one, name="round_review_one"),
    path("rounds/<slug:slug>/<quarter:quarter>/approve/", waiting.round_approve, name="round_approve"),
    path("rounds/<slug:slug>/<quarter:quarter>/remind/", pages.round_remind, name="round_remind"),
    path("rounds/<slug:slug>/<quarter:quarter>/lock/", locking.round_lock, name="round_lock"),
    path("imports/", listing.import_list, name="imports"),
    path("imports/reading/<uuid:token>/", listing.import_reading, name="import_reading"),
    path("imports/<int:pk>/", preview.import_page, name="import"),
    path("imports/<int:pk>/rows/", changing.import_rows, name="import_rows"),
    path("imports/<int:pk>/rows/<int:number>/", changing.import_row, name="import_row"),
    path("imports/<int:pk>/columns/", changing.import_columns, name="import_columns"),
    path("imports/<int:pk>/offers/", changing.import_offers, name="import_offers"),
    path("imports/<int:pk>/confirm/", settling.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/drop/", undoing.import_drop, name="import_drop"),
    path("imports/<int:pk>/undo/", undoing.import_undo, name="import_undo"),
]
