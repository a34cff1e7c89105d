"""A quarter in the database, in forms, in files and in addresses."""

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.forms import Form, modelform_factory
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.urls import NoReverseMatch, Resolver404, path
from django.urls.resolvers import RegexPattern, URLResolver

import csp_tracker.converters  # noqa: F401 - registers the converter
from csp_tracker.fields import QuarterChoiceField, QuarterField, QuarterFormField
from csp_tracker.periods import Quarter

Q3, Q4, NEXT = Quarter(2009, 3), Quarter(2009, 4), Quarter(2010, 1)


@pytest.fixture
def diary():
    """A table with a quarter, for the length of a test."""
    with isolate_apps("csp_tracker"):

        class Diary(models.Model):
            quarter = QuarterField(unique=True)
            until = QuarterField(null=True, blank=True)

            class Meta:
                app_label = "csp_tracker"

            def __str__(self):
                return str(self.quarter)

        yield Diary


@pytest.fixture
def table(diary, transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(diary)
    yield diary
    with connection.schema_editor() as editor:
        editor.delete_model(diary)


def test_what_is_stored_is_a_number_that_sorts(table):
    for quarter in (NEXT, Q3, Q4):
        table.objects.create(quarter=quarter)
    assert list(table.objects.order_by("quarter").values_list("quarter", flat=True)) == [Q3, Q4, NEXT]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MIN(quarter) FROM {table._meta.db_table}")
        assert cursor.fetchone() == (Q3.ordinal,)


def test_lookups_take_a_quarter_its_code_or_nothing(table):
    for quarter in (Q3, Q4, NEXT):
        table.objects.create(quarter=quarter, until=None if quarter == Q3 else NEXT)
    rows = table.objects
    assert rows.get(quarter=Q4).quarter == Q4
    assert rows.get(quarter="2009-10-Q4").quarter == Q4
    assert rows.filter(quarter__lt=Q4).count() == 1
    assert rows.filter(quarter__gte=Q4).count() == 2
    assert rows.filter(quarter__range=(Q3, Q4)).count() == 2
    assert rows.filter(quarter__in=[Q3, NEXT]).count() == 2
    assert rows.exclude(quarter=Q4).count() == 2
    assert rows.filter(until=None).count() == 1
    assert rows.filter(until=models.F("quarter") + 1).count() == 1
    assert rows.aggregate(last=models.Max("quarter")) == {"last": NEXT}


def test_a_lookup_with_nonsense_is_refused(table):
    with pytest.raises(ValidationError, match="not a quarter"):
        table.objects.filter(quarter="the fourth")


def test_a_row_is_checked_whole(table):
    table.objects.create(quarter=Q4)
    with pytest.raises(ValidationError) as refused:
        table(quarter="2009-10-Q4").full_clean()
    assert list(refused.value.message_dict) == ["quarter"]
    row = table(quarter="2009-10-Q3", until=None)
    row.full_clean()
    assert (row.quarter, row.until) == (Q3, None)


def test_a_row_survives_being_written_to_a_file(table):
    table.objects.create(quarter=Q4)
    text = serializers.serialize("json", table.objects.all())
    assert "2009-10-Q4" in text
    row = table.objects.get()
    assert row._meta.get_field("quarter").value_to_string(row) == "2009-10-Q4"
    assert row._meta.get_field("until").value_to_string(row) == ""
    assert row._meta.get_field("quarter").to_python("2009-10-Q4") == Q4


def test_a_migration_names_the_field():
    text, imports = MigrationWriter.serialize(QuarterField(db_index=True))
    assert text == "csp_tracker.fields.QuarterField(db_index=True)"
    assert imports == {"import csp_tracker.fields"}


@pytest.mark.parametrize("value", [Q4, Q4.ordinal, str(Q4.ordinal), "2009-10-Q4", " 2009-10-Q4 ", "Q4 2009/10"])
def test_everything_that_means_the_quarter_is_read_as_it(value):
    assert QuarterField().to_python(value) == Q4


@pytest.mark.parametrize("value", ["2009-11-Q4", "Q4", "nonsense", -5, 10**9, 1.5, b"2009-10-Q4"])
def test_everything_else_is_refused_with_a_sentence(value):
    with pytest.raises(ValidationError):
        QuarterField().to_python(value)


def test_a_form_shows_the_code_and_gives_back_the_quarter(diary):
    form = modelform_factory(diary, fields=["quarter", "until"])
    assert isinstance(form.base_fields["quarter"], QuarterFormField)
    assert 'value="2009-10-Q4"' in str(form(instance=diary(quarter=Q4))["quarter"])
    unchanged = form({"quarter": "2009-10-Q4", "until": ""}, instance=diary(quarter=Q4))
    assert not unchanged.has_changed()
    wrong = form({"quarter": "soon", "until": ""})
    assert wrong.errors["quarter"] == ["“soon” is not a quarter such as 2009-10-Q4."]


def test_a_quarter_is_chosen_from_a_list():
    class Choose(Form):
        quarter = QuarterChoiceField(quarters=[Q3, Q4], required=False)

    assert '<option value="2009-10-Q4" selected>Q4 2009/10</option>' in str(Choose(initial={"quarter": Q4})["quarter"])
    chosen = Choose({"quarter": "2009-10-Q3"})
    assert chosen.is_valid()
    assert chosen.cleaned_data == {"quarter": Q3}
    nothing = Choose({"quarter": ""})
    assert nothing.is_valid()
    assert nothing.cleaned_data == {"quarter": None}
    assert not Choose({"quarter": "2011-12-Q1"}).is_valid()


def page(request, quarter):
    return HttpResponse(str(quarter))


SITE = URLResolver(RegexPattern(r"^/"), [path("updates/<quarter:quarter>/", page, name="update")])


def test_an_address_holds_a_quarter():
    found = SITE.resolve("/updates/2009-10-Q4/")
    assert found.kwargs == {"quarter": Q4}
    assert found.func(RequestFactory().get("/"), **found.kwargs).content == b"Q4 2009/10"
    assert SITE.reverse("update", quarter=Q4) == SITE.reverse("update", quarter="2009-10-Q4") == "updates/2009-10-Q4/"


@pytest.mark.parametrize("code", ["2009-11-Q4", "2009-10-Q5", "2009-10-q4", "2009-10", "now"])
def test_an_address_of_no_quarter_is_an_unknown_page(code):
    with pytest.raises(Resolver404):
        SITE.resolve(f"/updates/{code}/")
    with pytest.raises(NoReverseMatch):
        SITE.reverse("update", quarter="soon")
