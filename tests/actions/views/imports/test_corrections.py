"""What a person corrects in a preview: rows, columns, words for lights; and two people who do so at once."""

import pytest
from django.urls import reverse

from csp_tracker.models import FileImport
from indicators.models import Indicator
from tests.builders import (
    KPI_ROWS,
    PLAN_ROWS,
    make_document,
    make_indicator,
    make_manager,
    make_partnership,
    make_preview,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def preview(partnership, manager):
    return make_preview(partnership, by=manager)


@pytest.fixture
def kpis(partnership, manager):
    document = make_document(*KPI_ROWS, name="kpis.xlsx")
    return make_preview(partnership, document=document, kind="indicators", by=manager)


def words(response):
    return " ".join(response.content.decode().split())


def url(name, file_import, *more):
    return reverse(name, args=[file_import.pk, *more])


def decisions(file_import):
    file_import.refresh_from_db()
    return {name: said for name, said in file_import.decisions.get("reading", {}).items() if said}


class TestRow:
    def change(self, client, preview, number, **said):
        return client.post(url("import_row", preview, number), {"version": preview.version, **said})

    def test_it_says_what_became_of_it_and_why_with_its_cells(self, client, preview):
        page = words(client.get(url("import_row", preview, 3)))
        for expected in ("Table 1, row 3", "action 1.2.1", "Two patrols were held", "Part of the row above", "Amber"):
            assert expected in page

    def test_a_row_is_made_a_part_of_the_one_above(self, client, manager, preview):
        answer = self.change(client, preview, 3, decision="join")
        assert answer["Location"].startswith(url("import", preview))
        assert decisions(preview) == {"rows": {"Table 1, row 3": "join"}}
        assert preview.history.first().history_user == manager
        page = client.get(answer["Location"])
        assert "2 actions" in words(page)
        assert "Table 1, row 3 has been changed" in words(page)

    @pytest.mark.parametrize("decision", ["section", "note"])
    def test_a_row_is_left_out_or_heads_the_rows_below(self, client, preview, decision):
        self.change(client, preview, 3, decision=decision)
        assert "2 actions" in words(client.get(url("import", preview)))

    def test_a_light_is_changed_and_taken_back_to_what_was_read(self, client, preview):
        self.change(client, preview, 2, light="red")
        assert decisions(preview) == {"row_lights": {"Table 1, row 2": "red"}}
        assert "3 actions: 1 red, 1 amber, 1 not rated" in words(client.get(url("import", preview)))
        self.change(client, preview, 2, light="")
        assert decisions(preview) == {}

    def test_what_was_decided_is_ticked(self, client, preview):
        self.change(client, preview, 3, decision="note")
        preview.refresh_from_db()
        assert client.get(url("import_row", preview, 3)).context["form"]["decision"].value() == "note"

    @pytest.mark.parametrize("said", [{"decision": "burn"}, {"light": "purple"}])
    def test_what_is_not_offered_is_refused(self, client, preview, said):
        answer = self.change(client, preview, 2, **said)
        assert answer.status_code == 200
        assert "There is a problem" in words(answer)
        assert decisions(preview) == {}

    @pytest.mark.parametrize("number", [0, 5, 999_999])
    def test_a_row_that_is_not_there_is_not_found(self, client, preview, number):
        assert client.get(url("import_row", preview, number)).status_code == 404

    def test_rows_lead_to_their_neighbours(self, client, preview):
        page = words(client.get(url("import_row", preview, 3)))
        assert url("import_row", preview, 2) in page
        assert url("import_row", preview, 4) in page

    def test_a_decision_that_leaves_no_plan_is_refused(self, client, partnership, manager):
        single = make_preview(partnership, *PLAN_ROWS[:2])
        answer = self.change(client, single, 2, decision="note")
        assert answer.status_code in (200, 302)
        assert client.get(url("import", single)).status_code == 200

    def test_the_second_of_two_sees_both_answers(self, client, partnership, preview):
        self.change(client, preview, 3, decision="join")
        answer = self.change(client, preview, 3, decision="note")
        assert answer.status_code == 409
        page = words(answer)
        for expected in ("Somebody else changed this", "Part of the row above", "A note: leave it out"):
            assert expected in page
        assert decisions(preview) == {"rows": {"Table 1, row 3": "join"}}

    def test_every_row_is_listed_with_what_it_became(self, client, preview):
        page = words(client.get(url("import_rows", preview)))
        for expected in ("Table 1, row 1", "Action 1.1.1", "Action 1.3.1", "200 bicycles were marked"):
            assert expected in page

    @pytest.mark.parametrize("name", ["import_row"])
    def test_who_may(self, client, partnership, preview, name):
        for person, expected in ((make_manager(make_partnership()), 404), (make_viewer(partnership), 403)):
            client.force_login(person)
            assert client.get(url(name, preview, 2)).status_code == expected
            assert client.post(url(name, preview, 2), {"version": 1, "decision": "note"}).status_code == expected
        assert not FileImport.objects.get().decisions


class TestColumns:
    def columns(self, client, preview, **said):
        form = client.get(url("import_columns", preview)).context["form"]
        values = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in (values | said).items() if value not in (False, None)}
        return client.post(url("import_columns", preview), sent)

    def test_each_has_its_heading_examples_and_what_it_was_taken_for(self, client, preview):
        page = words(client.get(url("import_columns", preview)))
        for expected in ("Timescale", "Mark property of residents", "Patrol the High Street on Fridays", "Light"):
            assert expected in page

    def test_saved_as_it_is_nothing_is_decided(self, client, preview):
        assert self.columns(client, preview).status_code == 302
        assert decisions(preview) == {}

    def test_another_meaning_is_kept_and_the_file_read_again(self, client, preview):
        answer = self.columns(client, preview, **{"column-progress": "comment"})
        assert decisions(preview) == {"columns": {"Progress": "comment"}}
        assert "The file has been read again" in words(client.get(answer["Location"]))
        tree = client.get(url("import", preview)).context["preview"].tree
        assert not any(action.progress for action in tree.actions())

    def test_the_meaning_may_go_back(self, client, preview):
        self.columns(client, preview, **{"column-progress": "comment"})
        self.columns(client, preview, **{"column-progress": "progress"})
        tree = client.get(url("import", preview)).context["preview"].tree
        assert any(action.progress for action in tree.actions())

    def test_a_meaning_that_there_is_not_is_refused(self, client, preview):
        answer = self.columns(client, preview, **{"column-progress": "moon"})
        assert answer.status_code == 200
        assert "There is a problem" in words(answer)

    def test_headings_nobody_knows_are_shown_by_a_person(self, client, partnership, manager):
        rows = ("Nr | Was | Stand", "1 | Streife gehen | gut", "2 | Licht machen | schlecht")
        preview = make_preview(partnership, *rows)
        assert "No plan found yet" in words(client.get(url("import", preview)))
        page = words(client.get(url("import_columns", preview)))
        assert "Row 1: Nr | Was | Stand" in page
        assert "Streife gehen" in page
        self.columns(client, preview, **{"column-was": "action"})
        assert decisions(preview) == {"columns": {"Was": "action"}, "headings": {"Table 1": 1}}
        assert "2 actions" in words(client.get(url("import", preview)))

    def test_the_row_of_the_headings_may_be_another_than_the_likeliest(self, client, partnership, manager):
        rows = ("Viele | Worte | hier | oben", "Nr | Was | Stand | ", "1 | Streife gehen | gut | ")
        preview = make_preview(partnership, *rows)
        answer = self.columns(client, preview, **{"table-table-1-headings": "2"})
        assert answer.status_code == 200
        assert "There is a problem" in words(answer)
        assert [column.heading for column in answer.context["form"].columns.values()] == ["Nr", "Was", "Stand"]
        sent = {"version": 1, "table-table-1": "on", "table-table-1-headings": "2", "column-was": "action"}
        client.post(url("import_columns", preview), sent)
        assert "1 action" in words(client.get(url("import", preview)))

    def test_of_two_people_the_second_sees_both(self, client, preview):
        form = client.get(url("import_columns", preview)).context["form"]
        self.columns(client, preview, **{"column-progress": "comment"})
        sent = {name: form[name].value() for name in form.fields} | {"column-progress": "work_needed"}
        answer = client.post(url("import_columns", preview), sent)
        assert answer.status_code == 409
        assert "Comment" in words(answer)
        assert "Work still needed" in words(answer)


class TestAnswers:
    def test_a_word_that_is_no_light_we_know_is_asked_and_never_green(self, client, preview):
        page = words(client.get(url("import", preview)))
        assert "What does “Mauve” mean?" in page
        assert "In Table 1, row 4." in page
        assert "1 not rated" in page

    def test_it_is_asked_and_not_also_told_however_it_is_written(self, client, partnership, manager):
        preview = make_preview(partnership, *PLAN_ROWS, "1.4 | Clean walls | Paint over graffiti | | | MAUVE")
        page = client.get(url("import", preview))
        assert "In Table 1, row 4; Table 1, row 5." in words(page)
        assert not any("mauve" in warning.lower() for warning in page.context["warnings"])

    def test_the_answer_is_kept(self, client, preview):
        client.post(url("import", preview), {"version": preview.version, "answer-mauve": "complete"})
        assert decisions(preview) == {"lights": {"mauve": "complete"}}
        page = words(client.get(url("import", preview)))
        assert "1 complete" in page
        assert "Mauve” mean" not in page

    def test_no_answer_decides_nothing(self, client, preview):
        client.post(url("import", preview), {"version": preview.version, "answer-mauve": ""})
        assert decisions(preview) == {}

    def test_what_is_no_light_is_refused(self, client, preview):
        answer = client.post(url("import", preview), {"version": preview.version, "answer-mauve": "mauve"})
        assert "There is a problem" in words(answer)

    def test_of_two_people_the_second_sees_both(self, client, preview):
        rows = [*PLAN_ROWS, "1.4 | Clean walls | Paint over graffiti | | | Ochre"]
        preview = make_preview(preview.partnership, *rows)
        client.post(url("import", preview), {"version": 1, "answer-mauve": "complete", "answer-ochre": ""})
        answer = client.post(url("import", preview), {"version": 1, "answer-mauve": "red"})
        assert answer.status_code == 409
        assert decisions(preview) == {"lights": {"mauve": "complete"}}

    def test_an_impossible_date_leads_to_its_row(self, client, partnership, manager):
        rows = [PLAN_ROWS[0], PLAN_ROWS[1].replace("Ongoing", "31 June 2025")]
        preview = make_preview(partnership, *rows)
        page = words(client.get(url("import", preview)))
        assert "there is no 31 June 2025" in page
        assert url("import_row", preview, 2) in page


class TestKpis:
    def test_a_table_of_kpis_is_previewed_on_the_same_page(self, client, kpis):
        page = words(client.get(url("import", kpis)))
        for expected in ("2 KPIs, 2 targets and 2 figures", "Domestic burglaries", "A new KPI", "Import these KPIs",
                         "Better when higher or when lower? (2 KPIs)"):  # fmt: skip
            assert expected in page

    def test_which_way_is_better_is_answered(self, client, kpis):
        client.post(url("import", kpis), {"version": kpis.version, "answer-k1": "lower", "answer-k2": "higher"})
        assert decisions(kpis)["polarities"] == {"Table 1, row 2": "lower", "Table 1, row 3": "higher"}

    def test_one_button_brings_them_in_and_another_takes_them_back(self, client, manager, kpis):
        becomes = client.get(url("import", kpis)).context["becomes"]
        answer = client.post(url("import_confirm", kpis), becomes.sent)
        assert answer["Location"] == url("import", kpis)
        assert Indicator.objects.count() == 2
        page = words(client.get(answer["Location"]))
        assert "The KPIs are here: 2 new." in page
        assert "Undo this import" in page
        kpis.refresh_from_db()
        client.post(url("import_undo", kpis), {"version": kpis.version})
        assert not Indicator.objects.exists()

    def test_those_that_are_here_get_new_figures(self, client, partnership, kpis):
        make_indicator(partnership, reference="K1", name="Domestic burglaries")
        page = words(client.get(url("import", kpis)))
        assert "New figures of" in page
        client.post(url("import_confirm", kpis), {"version": kpis.version})
        assert Indicator.objects.count() == 2

    def test_a_quarter_that_the_file_does_not_say_is_asked_first(self, client, partnership, manager):
        rows = [KPI_ROWS[0].replace("Q1 2025/26", "This quarter").replace(" 2025/26", ""), *KPI_ROWS[1:]]
        preview = make_preview(partnership, document=make_document(*rows, name="kpis.xlsx"), kind="indicators")
        page = client.get(url("import", preview))
        assert "Answer what is asked here first." in words(page)
        form = page.context["form"]
        name = next(name for name, question in form.questions.items() if question.kind == "quarter")
        client.post(url("import", preview), {"version": preview.version, name: "2025-26-Q1"})
        assert "Import these KPIs" in words(client.get(url("import", preview)))

    @pytest.fixture
    def read_as_q1(self, partnership, manager):
        """A table that only says "this quarter", under a title that says the wrong one."""
        rows = [KPI_ROWS[0].replace("Q1 2025/26", "This quarter"), *KPI_ROWS[1:]]
        document = make_document(*rows, name="scorecard Q1 2025-26.csv")
        return make_preview(partnership, document=document, kind="indicators", by=manager)

    def test_a_quarter_that_was_read_wrongly_is_put_right_and_back(self, client, read_as_q1):
        page = client.get(url("import", read_as_q1))
        assert "was read as the figures of Q1 2025/26" in words(page)
        name = next(name for name, question in page.context["form"].questions.items() if question.kind == "period")
        client.post(url("import", read_as_q1), {"version": read_as_q1.version, name: "2024-25-Q4"})
        page = client.get(url("import", read_as_q1))
        assert {reading.period.code for reading in page.context["preview"].tree.all_readings()} == {"2024-25-Q4"}
        assert page.context["form"].initial[name] == "2024-25-Q4"
        read_as_q1.refresh_from_db()
        client.post(url("import", read_as_q1), {"version": read_as_q1.version, name: ""})
        assert decisions(read_as_q1) == {}

    @pytest.fixture
    def without_a_year(self, partnership, manager):
        document = make_document("Ref | Indicator | Q1 | Q2", "K1 | Burglaries | 35 | 31", name="kpis.csv")
        return make_preview(partnership, document=document, kind="indicators", by=manager)

    def test_the_year_of_quarters_is_asked_where_the_file_does_not_say_it(self, client, without_a_year):
        page = client.get(url("import", without_a_year))
        assert "Import these KPIs" not in words(page)
        assert words(page).count("for: please say.") == 1
        name = next(name for name, question in page.context["form"].questions.items() if question.kind == "year")
        client.post(url("import", without_a_year), {"version": without_a_year.version, name: "2024-25"})
        page = client.get(url("import", without_a_year))
        assert "Import these KPIs" in words(page)
        assert "The quarters and months were read as those of 2024/25." in words(page)

    def test_a_row_of_it_is_changed(self, client, kpis):
        answer = client.post(url("import_row", kpis, 1), {"version": kpis.version, "decision": "note"})
        assert answer.status_code == 302
        assert "1 KPI" in words(client.get(url("import", kpis)))

    def test_a_column_of_it_is_changed(self, client, kpis):
        page = client.get(url("import_columns", kpis))
        assert "Domestic burglaries" in words(page)
        form = page.context["form"]
        sent = {name: form[name].value() for name in form.fields} | {"column-status": "comment"}
        client.post(url("import_columns", kpis), sent)
        assert decisions(kpis)["columns"] == {"Status": "comment"}

    def test_twice_the_button_brings_them_in_once(self, client, kpis):
        for _ in range(2):
            client.post(url("import_confirm", kpis), {"version": kpis.version})
        assert Indicator.objects.count() == 2

    def test_who_saw_another_preview_looks_again(self, client, kpis):
        assert client.post(url("import_confirm", kpis), {"version": 9}).status_code == 409
        assert not Indicator.objects.exists()
