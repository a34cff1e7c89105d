"""Admin shows an administrator their own partnerships and nothing of any other, wherever one looks."""

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory
from django.urls import reverse

from csp_tracker.models import Membership, User
from tests import builders as make
from tests.admin_pages import errors_in, make_world, named, page, save, scoped_admins

pytestmark = pytest.mark.django_db

each_model = pytest.mark.parametrize("of", scoped_admins(), ids=named)
changed_here = [one for one in scoped_admins() if one.may_change]
added_here = [
    one
    for one in scoped_admins()
    if one.may_add and one.model not in (User,) and named(one) != "csp_tracker.Partnership"
]
ABROAD = "Chelmsford"


@pytest.fixture
def ours():
    return make_world("Maldon")


@pytest.fixture
def theirs():
    return make_world(ABROAD)


@pytest.fixture
def administrator(client, ours, theirs):
    client.force_login(ours.administrator)
    return client


def silent(answer):
    """Whether the answer, its headers and the messages of the next page say nothing of the other partnership."""
    said = answer.content.decode() + str(answer.headers)
    return ABROAD not in said and ABROAD.lower() not in said.replace("q=" + ABROAD.lower(), "")


@each_model
def test_a_list_shows_own_rows_only(administrator, of, ours):
    answer = administrator.get(page(of.model, "changelist"))
    assert answer.status_code == 200
    assert answer.context["cl"].result_count >= 1
    assert ours.row_of(of.model) in answer.context["cl"].result_list
    assert silent(answer)


@each_model
def test_a_superuser_sees_the_rows_of_all(client, of, ours, theirs):
    client.force_login(User.objects.create_superuser("root@example.org", "x", name="Root"))
    shown = client.get(page(of.model, "changelist")).context["cl"].result_list
    assert {ours.row_of(of.model), theirs.row_of(of.model)} <= set(shown)


@each_model
def test_a_search_finds_own_rows_only(administrator, of, theirs):
    answer = administrator.get(page(of.model, "changelist"), {"q": "chelmsford"})
    assert answer.context["cl"].result_count == 0
    found = administrator.get(page(of.model, "changelist"), {"q": "maldon"})
    assert found.context["cl"].result_count >= 1


@each_model
def test_a_foreign_rows_pages_do_not_exist(administrator, of, theirs):
    row = theirs.row_of(of.model)
    for name in ("change", "history", "delete"):
        for query in ("", "?_popup=1", "?_to_field=id", "?_popup=1&_to_field=id"):
            answer = administrator.get(page(row, name) + query, follow=True)
            assert answer.redirect_chain or answer.status_code == 403
            assert silent(answer)


@each_model
def test_a_foreign_row_cannot_be_posted_to(administrator, of, ours, theirs):
    row = theirs.row_of(of.model)
    before = of.model._base_manager.filter(pk=row.pk).values().get()
    answer = administrator.post(page(row), {"name": "Taken over", "version_seen": 1}, follow=True)
    assert answer.redirect_chain or answer.status_code == 403
    assert silent(answer)
    assert of.model._base_manager.filter(pk=row.pk).values().get() == before


@each_model
@pytest.mark.parametrize("name", ["change", "history"])
def test_an_own_rows_pages_name_nothing_foreign(administrator, of, ours, name):
    answer = administrator.get(page(ours.row_of(of.model), name))
    assert answer.status_code in (200, 403) if of.model is User else answer.status_code == 200
    assert silent(answer)


@each_model
def test_nothing_is_deleted_here(administrator, of, ours):
    row = ours.row_of(of.model)
    assert administrator.post(page(row, "delete"), {"post": "yes"}).status_code == 403
    administrator.post(
        page(of.model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    )
    assert of.model._base_manager.filter(pk=row.pk).exists()
    assert "delete_selected" not in administrator.get(page(of.model, "changelist")).content.decode()


@each_model
def test_a_lists_filters_offer_own_rows_only(administrator, of):
    for spec in administrator.get(page(of.model, "changelist")).context["cl"].filter_specs:
        assert not [choice for choice in getattr(spec, "lookup_choices", ()) if ABROAD in str(choice)]


@each_model
def test_filtering_by_a_foreign_row_finds_nothing_of_it(administrator, of, theirs):
    for item in of.list_filter:
        if isinstance(item, tuple):
            column = admin.utils.get_fields_from_path(of.model, item[0])[-1]
            foreign = theirs.row_of(column.related_model)
            answer = administrator.get(page(of.model, "changelist"), {f"{item[0]}__id__exact": foreign.pk})
            assert theirs.row_of(of.model) not in answer.context["cl"].result_list
            assert silent(answer)


def form_for(of, user, row=None):
    request = RequestFactory().get("/admin/")
    request.user, request.session, request.resolver_match = user, {}, None
    fields = admin.utils.flatten_fieldsets(of.get_fieldsets(request, row))
    return of.get_form(request, row, change=row is not None, fields=fields)


@pytest.mark.parametrize("of", added_here, ids=named)
def test_a_new_row_can_only_point_to_own_rows(administrator, of, ours, theirs):
    """The walk over every field that chooses another row: a foreign one is not among its choices, nor accepted."""
    fields = form_for(of, ours.administrator)().fields
    choosing = {name: field for name, field in fields.items() if isinstance(field, forms.ModelChoiceField)}
    assert choosing
    for name, field in choosing.items():
        own, foreign = ours.row_of(field.queryset.model), theirs.row_of(field.queryset.model)
        assert own in field.queryset
        assert foreign not in field.queryset
        several = isinstance(field, forms.ModelMultipleChoiceField)
        answer = save(administrator, page(of.model, "add"), **{name: [foreign.pk] if several else foreign.pk})
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors[name].as_data()[0].code == "invalid_choice"
        assert silent(answer)


@pytest.mark.parametrize("of", changed_here, ids=named)
def test_a_changed_row_can_only_point_to_own_rows(administrator, of, ours, theirs):
    row = ours.row_of(of.model)
    fields = form_for(of, ours.administrator, row)(instance=row).fields
    for name, field in fields.items():
        if not isinstance(field, forms.ModelChoiceField):
            continue
        foreign = theirs.row_of(field.queryset.model)
        assert foreign not in field.queryset
        several = isinstance(field, forms.ModelMultipleChoiceField)
        answer = save(administrator, page(row), **{name: [foreign.pk] if several else foreign.pk})
        assert answer.context["adminform"].form.errors[name].as_data()[0].code == "invalid_choice"
        assert silent(answer)
        assert of.model._base_manager.get(pk=row.pk).version == row.version if hasattr(row, "version") else True


def relations():
    return [
        (of.model, column)
        for of in scoped_admins()
        for column in (*of.opts.fields, *of.opts.many_to_many)
        if column.is_relation and admin.site.is_registered(column.related_model)
    ]


@pytest.mark.parametrize(("model", "column"), relations(), ids=lambda one: getattr(one, "name", one.__class__.__name__))
def test_autocomplete_offers_own_rows_only(administrator, model, column):
    question = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": column.name}
    for term in ("", ABROAD.lower()):
        answer = administrator.get(reverse("admin:autocomplete"), question | {"term": term})
        assert answer.status_code == 200
        assert silent(answer)
    assert administrator.get(reverse("admin:autocomplete"), question | {"term": ABROAD}).json()["results"] == []
    assert administrator.get(reverse("admin:autocomplete"), question | {"term": "maldon"}).json()["results"]


def test_an_inline_shows_own_rows_only(administrator, ours, theirs):
    """Somebody in two partnerships: each administrator sees the place in their own."""
    both = ours.row_of(User)
    Membership.objects.create(user=both, partnership=theirs.partnership, agency=theirs.agency, job_title=ABROAD)
    shown = administrator.get(page(both)).content.decode()
    assert "Maldon police" in shown
    assert ABROAD not in shown
    assert ABROAD not in administrator.get(page(User, "changelist")).content.decode()


def test_somebody_another_partnership_knows_is_not_renamed_from_here(administrator, ours, theirs):
    both = ours.row_of(User)
    Membership.objects.create(user=both, partnership=theirs.partnership, agency=theirs.agency)
    assert administrator.post(page(both), {"name": "Renamed", "version_seen": 1}).status_code == 403
    assert administrator.get(page(both, "history")).status_code == 403
    assert User.objects.get(pk=both.pk).name == "Maldon officer"


def test_recent_actions_are_of_rows_one_may_still_see(administrator, ours, theirs):
    for world in (ours, theirs):
        plan = world.rows["actions.Plan"]
        LogEntry.objects.create(
            user=ours.administrator,
            content_type=ContentType.objects.get_for_model(plan),
            object_id=str(plan.pk),
            object_repr=str(plan),
            action_flag=ADDITION,
        )
    shown = administrator.get(reverse("admin:index"))
    assert "Maldon plan" in shown.content.decode()
    assert silent(shown)


def test_recent_actions_of_others_are_not_shown(administrator, ours):
    plan = ours.rows["actions.Plan"]
    LogEntry.objects.create(
        user=make.make_administrator(ours.partnership),
        content_type=ContentType.objects.get_for_model(plan),
        object_id=str(plan.pk),
        object_repr="Somebody else’s change",
        action_flag=ADDITION,
    )
    assert "Somebody else’s change" not in administrator.get(reverse("admin:index")).content.decode()


def test_no_address_leads_from_any_rows_number_to_its_page(administrator, theirs):
    plan = theirs.rows["actions.Plan"]
    kind = ContentType.objects.get_for_model(plan)
    answer = administrator.get(f"/admin/r/{kind.pk}/{plan.pk}/")
    assert answer.status_code == 404
    assert silent(answer)


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (User, "password__startswith"),
        (User, "memberships__partnership__name__startswith"),
        (User, "last_login__isnull"),
        (Membership, "user__password__startswith"),
        (Membership, "user__memberships__partnership"),
    ],
)
def test_a_list_cannot_be_asked_what_it_does_not_show(administrator, model, lookup):
    assert administrator.get(page(model, "changelist"), {lookup: "m"}).status_code == 400


def test_people_are_not_referred_to_by_anything_but_their_number(administrator, theirs):
    answer = administrator.get(page(User, "changelist"), {"_to_field": "email", "_popup": "1"})
    assert answer.status_code == 400


@pytest.mark.parametrize("app", ["account", "mfa", "auth", "sites", "socialaccount"])
def test_how_people_sign_in_is_not_an_administrators_business(administrator, app):
    assert administrator.get(f"/admin/{app}/").status_code == 404
    assert f"/admin/{app}/" not in administrator.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("address", ["account/emailaddress/", "mfa/authenticator/"])
def test_addresses_and_second_factors_are_refused_to_administrators(administrator, address):
    assert administrator.get(f"/admin/{address}").status_code == 403


def test_an_administrator_of_two_partnerships_cannot_mix_them(client, ours, theirs):
    Membership.objects.create(
        user=ours.administrator, partnership=theirs.partnership, agency=theirs.agency, is_administrator=True
    )
    client.force_login(ours.administrator)
    action = ours.rows["actions.Action"]
    answer = save(client, page(action), lead_agency=theirs.agency.pk, reason="A better lead")
    assert "Choose from this partnership’s own records" in errors_in(answer)
    assert type(action).objects.get(pk=action.pk).lead_agency == ours.agency


def test_an_administrator_elsewhere_sees_nothing_of_where_they_only_read(client, ours, theirs):
    Membership.objects.create(user=ours.administrator, partnership=theirs.partnership, agency=theirs.agency)
    client.force_login(ours.administrator)
    assert silent(client.get(page(theirs.agency.__class__, "changelist")))
