"""No row ever points into another partnership: not by a service, a page, admin, or an import.

WALK holds one entry for each column that points to a row which belongs to a partnership. A new column fails until it
has one, and so does a field on a page that offers rows and is in no entry.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import models
from django.urls import reverse
from lxml import html

from actions.importing.commit import commit_plan
from actions.importing.confirming import confirm_import
from actions.importing.previewing import reading_of
from actions.importing.undoing import undo_import
from actions.models import Action, Evidence, Milestone, Objective, Plan, Priority
from actions.services import (
    actions,
    assignment,
    carrying,
    evidence,
    milestones,
    notes,
    plans,
    rolling,
    rounds,
    tying,
    updates,
)
from actions.services.figures import Figure
from csp_tracker import services as people
from csp_tracker.grids import read_grids
from csp_tracker.models import Agency, FileImport, Membership, Partnership, User
from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from csp_tracker.writing import Foreign, Tracked
from indicators import services as kpis
from indicators.models import Baseline, Indicator, RatingScheme
from tests import builders as make
from tests.pages import Page, pages
from tests.visitors import Visitors
from tests.world import World

pytestmark = pytest.mark.django_db
PLAN_FILE = Path(__file__).parent / "seeds" / "maldon-csp-2015.xlsx"

#: Why a service cannot be given a foreign row at all.
WHO_ACTS = "It is the person who acts; whether they may is asked before."
ITSELF = "It is the very thing that is changed, and found among what the person may see."


class Way(NamedTuple):
    """How a foreign row could come into one column: calls of services, and fields of pages."""

    calls: tuple[Callable[[World, World, dict[str, Any]], Any], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    why_none: str = ""


def change(service: Callable[..., Any], name: str, model: type[models.Model], column: str, value: Any) -> Any:
    """A call that gives a row of ours a value of theirs."""

    def call(own: World, foreign: World, by: dict[str, Any]) -> Any:
        row = own[model]
        return service(**{name: row, "version": row.version, column: value(foreign), "reason": "Tried"}, **by)

    return call


def of(model: type[models.Model]) -> Callable[[World], Any]:
    """The row of this model in a world."""
    return lambda world: world[model]


def change_plan(column: str, value: Any) -> Any:
    return change(plans.change_plan, "plan", Plan, column, value)


def change_action(column: str, value: Any) -> Any:
    return change(actions.change_action, "action", Action, column, value)


def change_kpi(column: str, value: Any) -> Any:
    return change(kpis.change_indicator, "indicator", Indicator, column, value)


def change_member(column: str, value: Any) -> Any:
    return change(people.change_membership, "membership", Membership, column, value)


def new_plan(column: str, value: Any) -> Any:
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
    return lambda own, foreign, by: plans.create_plan(
        partnership=own.partnership, title="Next", **days, **{column: value(foreign)}, **by
    )


def new_action(column: str, value: Any) -> Any:
    return lambda own, foreign, by: actions.add_action(
        objective=own[Objective], text="Walk", **{column: value(foreign)}, **by
    )


def new_kpi(column: str, value: Any) -> Any:
    return lambda own, foreign, by: kpis.create_indicator(
        partnership=own.partnership, name="Walks", **{column: value(foreign)}, **by
    )


def assign(column: str, value: Any) -> Any:
    return lambda own, foreign, by: assignment.assign(actions=[own[Action]], **{column: value(foreign)}, **by)


def several(model: type[models.Model]) -> Callable[[World], Any]:
    """The row of this model as the only one of a list."""
    return lambda world: [world[model]]


def figure_of_theirs(own: World, foreign: World, by: dict[str, Any]) -> Any:
    return updates.submit(
        action=own[Action], quarter=make.QUARTER.previous.next, version=1, today=make.TODAY, progress="Done.",
        work_needed="", rag=RAG.GREEN, figures=[Figure(foreign[Indicator], value=1)], **by,
    )  # fmt: skip


def unlocking(**theirs: Any) -> Any:
    def call(own: World, foreign: World, by: dict[str, Any]) -> Any:
        given = {"quarter": make.QUARTER, "action": own[Action], "person": own[User]}
        given |= {name: foreign[model] for name, model in theirs.items()}
        return rounds.unlock(until=date(2025, 8, 1), reason="Tried", **given, **by)

    return call


def member_of_their_agency(service: Callable[..., Any], **more: Any) -> Any:
    return lambda own, foreign, by: service(
        partnership=own.partnership, email="new@example.org", name="New", agency=foreign[Agency], **more, **by
    )


def deciding(decision: str = "as_is", **theirs: Any) -> Any:
    def call(own: World, foreign: World, by: dict[str, Any]) -> Any:
        given = {"action": own[Action]} | {name: row(foreign) for name, row in theirs.items()}
        choice = carrying.Choice(given["action"], 1, decision, into=given.get("into"))
        return carrying.decide(plan=own[Plan], choices=[choice], **by)

    return call


def tying_to(**theirs: Any) -> Any:
    """What became of the action of the plan before, with a row of theirs in one place."""

    def call(own: World, foreign: World, by: dict[str, Any]) -> Any:
        plan = Plan.objects.select_related("previous").get(pk=own[Plan].pk)
        given = {"action": Action.objects.get(plan=plan.previous), "goes_on": own[Action]}
        given |= {name: row(foreign) for name, row in theirs.items()}
        return tying.tie(
            plan=plan, seen=tying.Lineage(plan).fingerprint, ties=[tying.Tie(**given)], meeting="Group", now=make.NOW,
            **by,
        )  # fmt: skip

    return call


def start_from_theirs(own: World, foreign: World, by: dict[str, Any]) -> Any:
    return rolling.roll_forward(
        plan=own[Plan], seen=carrying.Decisions(own[Plan]).fingerprint, title="Next", starts_on=date(2026, 4, 1),
        ends_on=date(2027, 3, 31), baselines=[foreign[Indicator]], now=make.NOW, **by,
    )  # fmt: skip


def change_milestone(column: str, value: Any) -> Any:
    service = partial(milestones.change_milestone, today=make.TODAY)
    return change(service, "milestone", Milestone, column, value)


def tick_of_theirs(own: World, foreign: World, by: dict[str, Any]) -> Any:
    tick = milestones.Tick(foreign[Milestone].pk, make.TODAY, None)
    return milestones.tick_milestones(action=own[Action], ticks=[tick], today=make.TODAY, **by)


LEAD_OFFICER = ("action_new of objective?objective", "action_edit of action")
WALK: dict[str, Way] = {
    "Agency.partnership": Way(
        (change(people.change_agency, "agency", Agency, "partnership", lambda world: world.partnership),)
    ),
    "Membership.user": Way((change_member("user", of(User)),)),
    "Membership.partnership": Way((change_member("partnership", lambda world: world.partnership),)),
    "Membership.agency": Way(
        (
            change_member("agency", of(Agency)),
            member_of_their_agency(people.add_member),
            member_of_their_agency(people.invite, link=str),
        ),
        (("person_invite", "agency"), ("person_edit of membership", "agency")),
    ),
    "FileImport.partnership": Way(why_none="Whoever brings the file is given it: see the tests of imports below."),
    "FileImport.imported_by": Way(why_none=WHO_ACTS),
    "FileImport.confirmed_by": Way(why_none=WHO_ACTS),
    "FileImport.undone_by": Way(why_none=WHO_ACTS),
    "Indicator.partnership": Way((change_kpi("partnership", lambda world: world.partnership),)),
    "Indicator.part_of": Way(
        (new_kpi("part_of", of(Indicator)), change_kpi("part_of", of(Indicator))),
        (("indicator_new", "part_of"), ("indicator_edit of indicator", "part_of")),
    ),
    "Indicator.owner": Way(
        (new_kpi("owner", of(User)), change_kpi("owner", of(User))),
        (("indicator_new", "owner"), ("indicator_edit of indicator", "owner")),
    ),
    "Indicator.agency": Way(
        (new_kpi("agency", of(Agency)), change_kpi("agency", of(Agency))),
        (("indicator_new", "agency"), ("indicator_edit of indicator", "agency")),
    ),
    "Indicator.imported_from": Way((new_kpi("imported_from", of(FileImport)),)),
    "RatingScheme.partnership": Way(why_none=ITSELF),
    "RatingScheme.indicator": Way(
        (
            lambda own, foreign, by: kpis.set_scheme(
                partnership=own.partnership, indicator=foreign[Indicator], effective_from=date(2025, 4, 1), **by
            ),
        )
    ),
    "RatingScheme.made_by": Way(why_none=WHO_ACTS),
    "Baseline.indicator": Way(
        (change(kpis.change_baseline, "baseline", Baseline, "indicator", of(Indicator)), start_from_theirs)
    ),
    "Target.indicator": Way(why_none=ITSELF),
    "Reading.indicator": Way(
        (
            figure_of_theirs,
            lambda own, foreign, by: kpis.record_readings(
                partnership=own.partnership,
                entries=[kpis.Entry(foreign[Indicator], Period.of_quarter(make.QUARTER.previous), value=1)],
                **by,
            ),
        )
    ),
    "Reading.scheme": Way(
        (
            lambda own, foreign, by: kpis.record_reading(
                indicator=own[Indicator],
                period=Period.of_quarter(make.QUARTER.previous),
                value=1,
                scheme=foreign[RatingScheme],
                **by,
            ),
        )
    ),
    "Reading.entered_by": Way(why_none=WHO_ACTS),
    "PoliceSeries.indicator": Way(why_none=ITSELF),
    "Plan.partnership": Way((change_plan("partnership", lambda world: world.partnership),)),
    "Plan.previous": Way(
        (new_plan("previous", of(Plan)), change_plan("previous", of(Plan))),
        (("plan_new", "previous"), ("plan_edit of plan", "previous")),
    ),
    "Plan.imported_from": Way(
        (new_plan("imported_from", of(FileImport)), change_plan("imported_from", of(FileImport)))
    ),
    "Priority.plan": Way((change(plans.change_priority, "priority", Priority, "plan", of(Plan)),)),
    "Priority.lead": Way(
        (
            change(plans.change_priority, "priority", Priority, "lead", of(User)),
            lambda own, foreign, by: plans.add_priority(plan=own[Plan], title="Parks", lead=foreign[User], **by),
        ),
        (("plan_priority_new of plan", "lead"), ("plan_part_edit of priority", "lead")),
    ),
    "Priority.indicators": Way(
        (
            change(plans.change_priority, "priority", Priority, "indicators", several(Indicator)),
            lambda own, foreign, by: plans.add_priority(
                plan=own[Plan], title="Parks", indicators=[foreign[Indicator]], **by
            ),
        ),
        (("plan_priority_new of plan", "indicators"), ("plan_part_edit of priority", "indicators")),
    ),
    "Objective.priority": Way(
        (
            change(plans.change_objective, "objective", Objective, "priority", of(Priority)),
            lambda own, foreign, by: plans.place(thing=own[Objective], under=foreign[Priority], **by),
        ),
        (("plan_part_place of objective", "under"),),
    ),
    "Action.plan": Way((change_action("plan", of(Plan)),)),
    "Action.objective": Way(
        (
            change_action("objective", of(Objective)),
            lambda own, foreign, by: plans.place(thing=own[Action], under=foreign[Objective], **by),
        ),
        (("plan_part_place of action", "under"),),
    ),
    "Action.lead_officer": Way(
        (
            new_action("lead_officer", of(User)),
            change_action("lead_officer", of(User)),
            assign("lead_officer", of(User)),
            lambda own, foreign, by: assignment.hand_over(
                partnership=own.partnership, from_person=own[User], to_person=foreign[User], **by
            ),
        ),
        (
            *((name, "lead_officer") for name in LEAD_OFFICER),
            ("plan_assign of plan", "set-lead_officer"),
            ("plan_assign of plan", "hand-from_person"),
            ("plan_assign of plan", "hand-to_person"),
        ),
    ),
    "Action.lead_agency": Way(
        (
            new_action("lead_agency", of(Agency)),
            change_action("lead_agency", of(Agency)),
            assign("lead_agency", of(Agency)),
        ),
        (*((name, "lead_agency") for name in LEAD_OFFICER), ("plan_assign of plan", "set-lead_agency")),
    ),
    "Action.supporting_agencies": Way(
        (
            new_action("supporters", several(Agency)),
            change_action("supporters", several(Agency)),
            assign("supporters", several(Agency)),
            lambda own, foreign, by: actions.set_supporters(action=own[Action], agencies=[foreign[Agency]], **by),
        ),
        (*((name, "supporters") for name in LEAD_OFFICER), ("plan_assign of plan", "set-supporters")),
    ),
    "Action.indicators": Way(
        (
            new_action("indicators", several(Indicator)),
            change_action("indicators", several(Indicator)),
            lambda own, foreign, by: actions.set_indicators(action=own[Action], indicators=[foreign[Indicator]], **by),
        ),
        tuple((name, "indicators") for name in LEAD_OFFICER),
    ),
    "SupportingAgency.action": Way(why_none=ITSELF),
    "SupportingAgency.agency": Way(why_none="See Action.supporting_agencies."),
    "ActionIndicator.action": Way(why_none=ITSELF),
    "ActionIndicator.indicator": Way(why_none="See Action.indicators."),
    "PriorityIndicator.priority": Way(why_none=ITSELF),
    "PriorityIndicator.indicator": Way(why_none="See Priority.indicators."),
    "Round.plan": Way(why_none=ITSELF),
    "Round.locked_by": Way(why_none=WHO_ACTS),
    "Unlock.action": Way((unlocking(action=Action),)),
    "Unlock.person": Way((unlocking(person=User),), (("action_unlock of update", "person"),)),
    "Evidence.action": Way(
        (
            lambda _own, foreign, by: evidence.put_up(
                action=foreign[Action],
                quarter=make.QUARTER,
                new=evidence.NewEvidence(link="https://example.org"),
                today=make.TODAY,
                **by,
            ),
            lambda _own, foreign, by: evidence.take_away(evidence=foreign[Evidence], today=make.TODAY, **by),
        )
    ),
    "Evidence.put_up_by": Way(why_none=WHO_ACTS),
    "ProgressUpdate.action": Way(why_none=ITSELF),
    "ProgressUpdate.drafted_by": Way(why_none=WHO_ACTS),
    "ProgressUpdate.submitted_by": Way(why_none=WHO_ACTS),
    "ProgressUpdate.edited_by": Way(why_none=WHO_ACTS),
    "ProgressUpdate.returned_by": Way(why_none=WHO_ACTS),
    "ProgressUpdate.approved_by": Way(why_none=WHO_ACTS),
    "CarryForward.from_action": Way((deciding(action=of(Action)), tying_to(action=of(Action)))),
    "CarryForward.into": Way((deciding(decision="merged", into=of(Action)),)),
    "CarryForward.decided_by": Way(why_none=WHO_ACTS),
    "CarryForward.to_plan": Way(why_none="It is the plan that is made of it."),
    "CarryForward.to_action": Way((tying_to(goes_on=of(Action)),)),
    "CarryForward.confirmed_by": Way(why_none=WHO_ACTS),
    "Milestone.action": Way(
        (
            change_milestone("action", of(Action)),
            tick_of_theirs,
        )
    ),
    "DueDateChange.action": Way(why_none=ITSELF),
    "DueDateChange.changed_by": Way(why_none=WHO_ACTS),
    "PrivateNote.action": Way(
        (lambda _own, foreign, by: notes.add_private_note(action=foreign[Action], text="Tried", **by),)
    ),
    "PrivateNote.written_by": Way(why_none=WHO_ACTS),
    "Comment.action": Way(
        (lambda _own, foreign, by: notes.add_comment(action=foreign[Action], quarter=make.QUARTER, text="Tried", **by),)
    ),
    "Comment.agency": Way(why_none="It is that of the person who acts."),
    "Comment.written_by": Way(why_none=WHO_ACTS),
}


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    with Visitors.come(django_db_blocker) as visitors:
        yield visitors


def columns() -> list[str]:
    """Every column of ours that points to a row which belongs to a partnership, or is one."""
    ours = [
        model for app in ("csp_tracker", "indicators", "actions") for model in apps.get_app_config(app).get_models()
    ]
    theirs = {Partnership, User, *(model for model in ours if issubclass(model, Tracked)), RatingScheme}
    return [
        f"{model.__name__}.{field.name}"
        for model in ours
        if model in theirs
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model in theirs and not hasattr(model, "instance_type")
    ]


def test_every_column_that_points_to_a_row_is_walked():
    missing = [column for column in columns() if column not in WALK]
    assert not missing, (
        f"Say in WALK how a foreign row is kept out of {', '.join(missing)}: calls and fields, or why none."
    )


def test_the_walk_names_no_column_that_is_gone():
    assert set(WALK) <= set(columns())


def test_each_entry_has_calls_or_says_why_it_has_none():
    assert not [column for column, way in WALK.items() if bool(way.calls) == bool(way.why_none)]


CALLS = [pytest.param(call, id=f"{column} {n}") for column, way in WALK.items() for n, call in enumerate(way.calls, 1)]


@pytest.mark.parametrize("call", CALLS)
def test_a_service_refuses_a_row_of_another_partnership(visitors, call):
    with pytest.raises(
        (ValidationError, TypeError), match=r"own records|(this|the) partnership|this plan|same plan|has no "
    ):
        call(visitors.own.fresh(), visitors.foreign.fresh(), {"by": visitors.people["manager"]})


# Pages ----------------------------------------------------------------------------------------------------------------

#: What must be typed where the form is not filled already.
TYPED = {
    "person_invite": {"email": "new@example.org", "name": "New", "role": "officer"},
    "indicator_new": {"name": "Walks", "polarity": "higher"},
    "plan_new": {
        "title": "Next",
        "starts_on_0": "1",
        "starts_on_1": "4",
        "starts_on_2": "2026",
        "ends_on_0": "31",
        "ends_on_1": "3",
        "ends_on_2": "2027",
    },
    "plan_priority_new": {"title": "Parks"},
    "action_new": {"text": "Walk", "timescale_kind": "ongoing"},
    "plan_assign": {"set-supporters_how": "replace"},
}
FIELDS = [
    pytest.param(column, view, field, id=f"{column} on {view}")
    for column, way in WALK.items()
    for name, field in way.fields
    for view in pages()
    if str(view) == name
]


def test_every_field_of_the_walk_is_on_a_page_that_is_there():
    assert len(FIELDS) == sum(len(way.fields) for way in WALK.values())


@pytest.mark.parametrize(("column", "view", "field"), FIELDS)
def test_a_page_neither_offers_nor_takes_a_row_of_another_partnership(visitors, column, view: Page, field):
    url, actor = view.url(visitors.own), who_writes(view)
    typed, offered = filled_in(visitors.look(actor, url), field)
    typed |= TYPED.get(view.address.name, {}) | ({"reason": "Tried"} if "reason" in typed else {})
    if field.startswith("hand-"):
        typed |= {"hand-from_person": visitors.own[User].pk, "hand-to_person": visitors.people["supporter"].pk}
    foreign = str(visitors.foreign[pointed_to(column)].pk)
    assert foreign not in offered
    taken = [visitors.ask(actor, "POST", url, **typed | {field: value}).status_code for value in offered if value]
    assert 302 in taken, "The form is refused for another reason than the foreign row."
    refused = visitors.ask(actor, "POST", url, **typed | {field: foreign})
    assert refused.status_code == 200
    assert not refused.written


def test_an_action_of_another_partnership_cannot_be_ticked(visitors):
    url = reverse("plan_assign", args=[visitors.own[Plan].slug])
    typed, _ = filled_in(visitors.look("manager", url), "set-lead_agency")
    theirs = visitors.foreign[Action]
    typed |= {
        "set-lead_agency": "none",
        "actions": theirs.pk,
        "seen": [*typed["seen"], f"{theirs.pk}.{theirs.version}"],
    }
    refused = visitors.ask("manager", "POST", url, **typed)
    assert "Tick at least one action" in refused.content.decode()
    assert not refused.written


def test_every_field_of_a_page_that_offers_rows_is_in_the_walk(visitors):
    walked = {entry for way in WALK.values() for entry in way.fields}
    found = {
        (str(view), form.add_prefix(name))
        for view in pages()
        if view.method == "form" and not view.at.startswith(("draft", "anybody"))
        for form in forms_of(visitors.look(who_writes(view), view.url(visitors.own)))
        for name, field in form.fields.items()
        if isinstance(field, forms.ModelChoiceField)
    }
    missing = sorted(found - walked)
    assert not missing, f"Say in WALK which column these fields of pages are about: {missing}."


def who_writes(view: Page) -> str:
    """Somebody who may use the page."""
    return "manager" if view.expected["manager"] == 200 else "administrator"


def forms_of(answer: Any) -> list[forms.BaseForm]:
    """The forms a page was made with."""
    found = (value for layer in answer.context or () for context in layer for value in context.values())
    return list({id(form): form for form in found if isinstance(form, forms.BaseForm)}.values())


def pointed_to(column: str) -> Any:
    """The model a column of the walk points to."""
    model, field = column.split(".")
    [found] = [one for app in ("csp_tracker", "indicators", "actions") for one in apps.get_app_config(app).get_models()
               if one.__name__ == model]  # fmt: skip
    return found._meta.get_field(field).related_model


def filled_in(answer: Any, field: str) -> tuple[dict[str, Any], list[str]]:
    """What a browser would post from the form that has the field, and the values the field offers."""
    page = html.fromstring(answer.content.decode())
    [form] = page.xpath(f"//form[@method='post'][.//*[@name='{field}']]")
    typed: dict[str, Any] = {}
    for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        if one.get("type") in ("checkbox", "radio") and one.get("checked") is None:
            continue
        typed.setdefault(one.get("name"), []).extend([one.value or ""] if not hasattr(one.value, "add") else one.value)
    boxes = form.xpath(f".//select[@name='{field}']/option/@value | .//input[@name='{field}']/@value")
    if actions_to_tick := form.xpath(".//input[@name='actions']/@value"):
        typed["actions"] = actions_to_tick
    return typed, list(boxes)


# Admin ----------------------------------------------------------------------------------------------------------------

ADMIN_FORMS = [page for page in pages() if re.fullmatch(r"admin/\w+/\w+/(add|.*/change)/", page.address.route)]


@pytest.mark.parametrize("view", ADMIN_FORMS, ids=str)
def test_admin_neither_offers_nor_takes_a_row_of_another_partnership(visitors, view: Page):
    url = view.url(visitors.own)
    fields = fields_that_offer_rows(visitors.look("administrator", url))
    for name, field in fields.items():
        theirs = visitors.foreign.rows[field.queryset.model]
        assert not field.queryset.filter(pk=theirs.pk).exists(), name
        refused = visitors.ask("administrator", "POST", url, **{name: theirs.pk})
        assert name in refused.context["adminform"].form.errors
        assert not refused.written


@pytest.mark.parametrize("view", ADMIN_FORMS, ids=str)
def test_admins_boxes_find_no_row_of_another_partnership(visitors, view: Page):
    app, model = view.model._meta.app_label, view.model._meta.model_name
    for name, field in fields_that_offer_rows(visitors.look("administrator", view.url(visitors.own))).items():
        if not hasattr(field.widget, "get_url"):
            continue
        column = admin.site.get_model_admin(view.model).several.get(name, name)
        query = f"app_label={app}&model_name={model}&field_name={column}"
        for term in ("", "Elsewhere"):
            found = visitors.look("administrator", f"{field.widget.get_url()}?{query}&term={term}")
            assert found.status_code == 200
            assert "Elsewhere" not in found.content.decode()


def test_admin_has_fields_to_try(visitors):
    found = [fields_that_offer_rows(visitors.look("administrator", view.url(visitors.own))) for view in ADMIN_FORMS]
    assert sum(map(len, found)) >= 20


def fields_that_offer_rows(answer: Any) -> dict[str, Any]:
    """The fields of an admin page by which a row is chosen; none where the page only shows."""
    if answer.status_code != 200:
        return {}
    fields = answer.context["adminform"].form.fields
    return {name: field for name, field in fields.items() if isinstance(field, forms.ModelChoiceField)}


# Import ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        pytest.param("stranger", "is no manager or administrator of", id="a manager of another partnership"),
        pytest.param("viewer", "is no manager or administrator of", id="a viewer"),
        pytest.param("leaver", "is no manager or administrator of", id="somebody who has left"),
    ],
)
def test_nobody_imports_into_a_partnership_they_do_not_plan_for(visitors, by, sentence):
    email = visitors.people[by].email
    with pytest.raises(CommandError, match=sentence):
        call_command("import_plan", PLAN_FILE, partnership=visitors.own.slug, year="2015/16", by=email)
    assert FileImport.objects.count() == 4


def test_an_import_cannot_update_a_plan_of_another_partnership(visitors):
    options = {"partnership": visitors.own.slug, "by": visitors.people["manager"].email, "year": "2015/16"}
    with pytest.raises(CommandError, match="has no plan"):
        call_command("import_plan", PLAN_FILE, update=visitors.foreign[Plan].slug, **options)
    assert FileImport.objects.count() == 4


def previews(world: World) -> FileImport:
    """The world's own file, as somebody looks at it before it becomes a plan."""
    document = read_grids(PLAN_FILE.read_bytes(), PLAN_FILE.name).to_json()
    FileImport.objects.filter(pk=world[FileImport].pk).update(document=document)
    return FileImport.objects.get(pk=world[FileImport].pk)


def test_a_preview_does_not_become_part_of_a_plan_of_another_partnership(visitors):
    own, foreign = visitors.own.fresh(), visitors.foreign.fresh()
    with pytest.raises(Foreign):
        confirm_import(
            file_import=previews(own), version=1, update=foreign[Plan], by=visitors.people["manager"], now=make.NOW
        )
    assert own[FileImport].plans.count() == 0


def test_a_file_of_another_partnership_does_not_become_a_plan_here(visitors):
    own, foreign = visitors.own.fresh(), visitors.foreign.fresh()
    file_import = previews(foreign)
    with pytest.raises(Foreign):
        commit_plan(
            tree=reading_of(file_import),
            file=file_import,
            partnership=own.partnership,
            by=visitors.people["manager"],
            now=make.NOW,
        )
    assert file_import.plans.count() == 0


def test_undoing_takes_nothing_of_another_partnership(visitors):
    own, foreign = visitors.own.fresh(), visitors.foreign.fresh()
    by = visitors.people["manager"]
    theirs = {model: model._base_manager.count() for model in foreign.rows}
    outcome = confirm_import(file_import=previews(own), version=1, by=by, now=make.NOW)
    undo_import(file_import=outcome.file_import, version=2, by=by, now=make.NOW)
    assert {model: model._base_manager.count() for model in foreign.rows} == theirs
