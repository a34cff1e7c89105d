"""From a file to a live plan and back: upload, waiting, preview, confirm, undo."""

from pathlib import Path
from time import sleep
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actions.models import Action, Plan
from actions.views.imports import listing, waiting
from csp_tracker import grids
from csp_tracker.grids.reading import LARGEST_FILE
from csp_tracker.models import FileImport
from csp_tracker.people import ImportState
from tests.builders import (
    PLAN_ROWS,
    make_action,
    make_administrator,
    make_document,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_preview,
    make_viewer,
)

pytestmark = pytest.mark.django_db
SEEDS = Path(__file__).parents[3] / "seeds"
CSV = "\n".join(",".join(cell.strip() for cell in row.split("|")) for row in PLAN_ROWS).encode()
#: The same without a word that has to be asked about.
KNOWN_ROWS = (*PLAN_ROWS[:3], PLAN_ROWS[3].replace("Mauve", "Red"))


@pytest.fixture
def preview(partnership, manager):
    return make_preview(partnership, *KNOWN_ROWS, by=manager)


def words(response):
    return " ".join(response.content.decode().split())


def url(name, file_import, *more):
    return reverse(name, args=[file_import.pk, *more])


def a_file(data=CSV, name="plan 2025-26.csv"):
    return SimpleUploadedFile(name, data)


def upload(client, file=None, **more):
    return client.post("/imports/", {"file": file or a_file(), "kind": "guess", **more})


def confirm(client, file_import, **more):
    said = {"version": file_import.version, "update": "", "title": "Safer Maldon", "year": "2025/26", "quarter": "1"}
    return client.post(url("import_confirm", file_import), said | more)


class TestWhoMay:
    """Managers and administrators import; others are refused, strangers find nothing."""

    NAMES = ("import", "import_rows", "import_columns", "import_confirm")

    @pytest.mark.parametrize("name", NAMES)
    def test_only_those_who_edit_plans(self, client, partnership, preview, name):
        for person, expected in (
            (make_manager(make_partnership()), 404),
            (make_viewer(partnership), 403),
            (make_officer(partnership), 403),
            (make_manager(partnership), 200),
            (make_administrator(partnership), 200),
        ):
            client.force_login(person)
            assert client.get(url(name, preview)).status_code == expected

    @pytest.mark.parametrize("make", [make_viewer, make_officer])
    def test_who_only_reads_or_reports_brings_no_file(self, client, partnership, make):
        client.force_login(make(partnership))
        assert client.get("/imports/").status_code == 403
        assert upload(client).status_code == 403
        assert not FileImport.objects.exists()

    @pytest.mark.parametrize("name", [*NAMES, "import_drop", "import_undo"])
    def test_an_unknown_import_is_not_found(self, client, manager, name):
        address = reverse(name, args=[999_999])
        assert (client.post if name == "import_drop" else client.get)(address).status_code == 404

    @pytest.mark.parametrize("name", ["import_rows"])
    def test_a_page_that_only_shows_is_not_posted(self, client, preview, name):
        assert client.post(url(name, preview)).status_code == 405

    def test_a_button_is_not_opened(self, client, preview):
        assert client.get(url("import_drop", preview)).status_code == 405


class TestUpload:
    def test_a_file_becomes_a_preview_and_nothing_else(self, client, manager, partnership):
        answer = upload(client)
        file_import = FileImport.objects.get()
        assert answer.status_code == 302
        assert answer["Location"] == url("import", file_import)
        assert (file_import.state, file_import.imported_by) == (ImportState.PREVIEWED, manager)
        assert file_import.partnership == partnership
        assert file_import.history.get().history_user == manager
        assert not Plan.objects.exists()

    @pytest.mark.parametrize("name", ["maldon-csp-2009-10.docx", "maldon-csp-2015.xlsx"])
    def test_the_plans_of_maldon_need_a_file_and_two_buttons(self, client, manager, name):
        preview = client.get(upload(client, a_file((SEEDS / name).read_bytes(), name))["Location"])
        answer = client.post(url("import_confirm", FileImport.objects.get()), preview.context["becomes"].sent)
        plan = Plan.objects.get()
        assert answer["Location"] == plan.get_absolute_url()
        assert (plan.status, plan.period_is_inferred) == ("active", False)
        assert plan.actions.count() == preview.context["preview"].tree.summary()["actions"]

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            pytest.param(None, "Choose the file", id="none"),
            pytest.param(a_file(b""), "The file is empty", id="empty"),
            pytest.param(a_file(b"x" * (LARGEST_FILE + 1)), "larger than 5 MB", id="too large"),
            pytest.param(a_file(b"%PDF-1.7 " + b"x" * 50, "plan.pdf"), "PDF", id="a PDF"),
            pytest.param(a_file(b"PK\x03\x04" + b"x" * 50, "plan.docx"), "plan.docx", id="damaged"),
        ],
    )
    def test_what_cannot_be_read_is_refused_in_one_sentence_and_not_kept(
        self, client, manager, tmp_path, file, sentence
    ):
        answer = client.post("/imports/", {"file": file, "kind": "guess"} if file else {"kind": "plan"})
        assert answer.status_code == 200
        assert sentence in words(answer)
        assert "There is a problem" in words(answer)
        assert not FileImport.objects.exists()
        assert not list(tmp_path.glob("reading/*"))

    def test_what_was_chosen_beside_the_file_stays_chosen(self, client, manager):
        answer = client.post("/imports/", {"kind": "indicators"})
        assert answer.context["form"]["kind"].value() == "indicators"

    def test_a_second_press_of_the_button_leads_to_the_same_preview(self, client, manager):
        token = uuid4()
        first, second = (upload(client, token=token) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert FileImport.objects.count() == 1

    def test_a_file_whose_preview_was_thrown_away_may_come_again(self, client, manager):
        token = uuid4()
        upload(client, token=token)
        FileImport.objects.all().delete()
        assert client.get(upload(client, token=token)["Location"]).status_code == 200

    def test_another_file_in_the_same_form_is_another_preview(self, client, manager):
        token = uuid4()
        first, second = upload(client, token=token), upload(client, a_file(CSV + b"\n"), token=token)
        assert first["Location"] != second["Location"]

    def test_a_table_whose_headings_nobody_knows_is_kept_so_that_a_person_can_show_them(self, client, manager):
        answer = upload(client, a_file(b"Wer,Was,Wann\nPolizei,Streife,Mai\nStadt,Licht,Juni"))
        page = client.get(answer["Location"])
        assert "Show the headings" in words(page)
        assert client.get(f"{answer['Location']}columns/").status_code == 200

    def test_the_kind_is_told_from_the_file(self, client, manager):
        upload(client)
        assert FileImport.objects.get().kind == "plan"
        upload(client, a_file(b"Ref,Indicator,Target 2025/26,Q1 2025/26,Status\nK1,Burglaries,40,12,Green", "kpi.csv"))
        assert FileImport.objects.latest("pk").kind == "indicators"


class TestWaiting:
    """A file that takes longer than the upload waits for."""

    @pytest.fixture
    def slow(self, monkeypatch):
        """Nothing is read until the test says so."""
        begun = []

        def start(folder, name):
            (folder / "name").write_text(name)
            begun.append((folder, name))

        monkeypatch.setattr(waiting, "start", start)
        monkeypatch.setattr(listing, "PATIENCE", 0.0)
        return lambda: [grids.start(*one) for one in begun]

    def wait(self, client, address):
        """The answer once there is another than to wait."""
        while "Refresh" in (answer := client.get(address)).headers:
            sleep(0.05)
        return answer

    def test_a_page_shows_how_far_the_reading_is_and_goes_on_by_itself(self, client, manager, slow, tmp_path):
        address = upload(client)["Location"]
        answer = client.get(address)
        assert answer.headers["Refresh"] == f"2; url={address}"
        [folder] = tmp_path.glob("reading/*")
        (folder / "progress").write_text("412 of 2,000 rows")
        assert "412 of 2,000 rows" in words(client.get(address))
        slow()
        assert self.wait(client, address)["Location"] == url("import", FileImport.objects.get())

    def test_back_to_the_waiting_page_leads_to_the_preview_again(self, client, manager, slow):
        address = upload(client)["Location"]
        slow()
        first = self.wait(client, address)
        assert client.get(address)["Location"] == first["Location"]
        assert FileImport.objects.count() == 1

    def test_a_refusal_is_told_on_the_page_of_the_form(self, client, manager, slow):
        address = upload(client, a_file(b"PK\x03\x04" + b"x" * 50, "plan.docx"))["Location"]
        slow()
        page = words(self.wait(client, address))
        assert "There is a problem" in page
        assert "Read the file" in page

    def test_nobody_else_finds_it(self, client, manager, partnership, slow):
        address = upload(client)["Location"]
        client.force_login(make_manager(partnership))
        assert client.get(address).status_code == 404

    def test_who_may_no_longer_import_is_refused(self, client, manager, slow):
        address = upload(client)["Location"]
        manager.memberships.update(role="viewer")
        assert client.get(address).status_code == 403

    def test_one_that_never_was_is_not_found(self, client, manager):
        assert client.get(reverse("import_reading", args=[uuid4()])).status_code == 404

    def test_of_the_file_only_a_note_is_left_beside_the_preview(self, client, manager, tmp_path):
        upload(client)
        [folder] = tmp_path.glob("reading/*")
        assert [path.name for path in folder.iterdir()] == ["notes.json"]

    def test_the_file_waits_where_nobody_else_reads_it(self, client, manager, slow, tmp_path):
        upload(client)
        [source] = tmp_path.glob("reading/*/source")
        assert (source.stat().st_mode & 0o777, source.parent.stat().st_mode & 0o777) == (0o600, 0o700)


class TestPreview:
    def test_it_shows_what_each_row_became_before_anything_is_live(self, client, preview):
        page = words(client.get(url("import", preview)))
        for expected in (
            "nothing is live yet", "1 priority, 3 objectives and 3 actions", "Mark property of residents",
            "Table 1, row 2", "3 actions: 1 red, 1 amber, 1 green", "Import this plan", "Action plan 2025/26",
            "become those of Q1 2025/26",
        ):  # fmt: skip
            assert expected in page
        assert not Plan.objects.exists()

    def test_the_very_same_file_again_says_which_plan_it_is(self, client, preview):
        confirm(client, preview)
        again = make_preview(preview.partnership, *KNOWN_ROWS, sha256=preview.sha256)
        page = words(client.get(url("import", again)))
        assert "Imported already" in page
        assert "Safer Maldon" in page
        assert "Import this plan" not in page

    def test_a_file_that_says_no_year_asks_for_it(self, client, manager, partnership):
        preview = make_preview(partnership, document=make_document(*KNOWN_ROWS, name="plan.docx"))
        assert "Say which year" in words(client.get(url("import", preview)))
        answer = confirm(client, preview, year="")
        assert "Enter the financial year" in words(answer)
        assert not Plan.objects.exists()

    def test_the_year_is_not_also_told_of(self, client, manager, partnership):
        page = client.get(url("import", make_preview(partnership, *KNOWN_ROWS)))
        assert not any("does not say which year" in warning for warning in page.context["warnings"])

    def test_a_file_that_names_its_quarter_is_shown_in_it_once_it_is_live(self, client, manager, partnership):
        rows = [row.replace("Progress", "Q4 update") for row in KNOWN_ROWS]
        preview = make_preview(partnership, document=make_document(*rows, name="plan 2024-25.csv"), by=manager)
        page = client.get(url("import", preview))
        assert "become those of Q4 2024/25 (January to March 2025): “Q4 update” is the last column" in words(page)
        rows = [row.replace("Progress", "Q3 update") for row in KNOWN_ROWS]
        preview = make_preview(partnership, document=make_document(*rows, name="plan 2024-25.csv"), by=manager)
        becomes = client.get(url("import", preview)).context["becomes"]
        answer = client.post(url("import_confirm", preview), becomes.sent)
        assert answer["Location"] == f"{Plan.objects.get().get_absolute_url()}?quarter=2024-25-Q3"
        assert "200 bicycles were marked" in words(client.get(answer["Location"]))

    def test_a_file_of_a_plan_that_is_here_leads_to_the_comparison(self, client, preview):
        confirm(client, preview)
        newer = make_preview(preview.partnership, *KNOWN_ROWS, "1.4 | Clean walls | Paint over graffiti | | | Green")
        page = words(client.get(url("import", newer)))
        assert "This seems to be “Safer Maldon”" in page
        assert "Compare with it" in page

    def test_a_long_plan_is_shown_one_priority_at_a_time(self, client, partnership, manager):
        rows = [
            f"{number // 50 + 1}.{number} | Objective {number} | Action of number {number} | | | Green"
            for number in range(400)
        ]
        preview = make_preview(partnership, PLAN_ROWS[0], *rows)
        page = client.get(url("import", preview))
        assert words(page).count("Action of number") <= 110
        assert len(page.content) < 400_000
        assert page.context["shown"].page_obj.paginator.count <= 400

    def test_all_that_was_not_used_is_a_page_further_where_it_is_much(self, client, partnership, manager):
        rows = [f"1.{n} | Objective | Action of number {n} | | | Green" for n in range(1, 9)]
        preview = make_preview(partnership, PLAN_ROWS[0], *rows, *(f"Nine | | | | Thing {n} | " for n in range(60)))
        number = client.get(url("import", preview)).context["number_not_used"]
        found = client.get(f"{url('import_rows', preview)}?show=not-used").context["page_obj"]
        assert found.paginator.count == number

    @pytest.mark.parametrize("query", ["?priority=99", "?priority=x", "?priority=0", "?page=77"])
    def test_a_part_that_is_not_there_shows_another(self, client, partnership, manager, query):
        rows = [f"1.{number} | Objective | Action of number {number} | | | Green" for number in range(250)]
        preview = make_preview(partnership, PLAN_ROWS[0], *rows)
        assert client.get(url("import", preview) + query).status_code == 200


class TestConfirm:
    def test_a_preview_becomes_a_plan_with_its_progress(self, client, manager, preview):
        answer = confirm(client, preview)
        plan = Plan.objects.get()
        assert answer["Location"] == plan.get_absolute_url()
        assert (plan.title, plan.starts_on.year, plan.status) == ("Safer Maldon", 2025, "active")
        assert not plan.period_is_inferred
        assert plan.history.get().history_user == manager
        light = plan.actions.get(reference="1.1.1").updates.get()
        assert (light.rag, light.progress, light.quarter.code) == ("green", "200 bicycles were marked", "2025-26-Q1")
        page = words(client.get(answer["Location"]))
        assert "Safer Maldon is live: 1 priority, 3 objectives and 3 actions." in page
        assert f'href="{url("import_undo", preview)}"' in page

    @pytest.mark.parametrize("typed", ["2025/26", "2025-26", "2025/2026", "2025", " 2025 to 2026 "])
    def test_a_year_may_be_typed_in_many_ways(self, client, preview, typed):
        confirm(client, preview, year=typed)
        assert Plan.objects.get().starts_on.year == 2025

    @pytest.mark.parametrize("typed", ["", "next year", "2025/27", "0/1", "99999", "2025/26/27"])
    def test_what_is_no_year_is_refused_and_the_title_kept(self, client, preview, typed):
        answer = confirm(client, preview, year=typed)
        assert answer.status_code == 200
        assert "financial year" in words(answer)
        assert 'value="Safer Maldon"' in words(answer)
        assert not Plan.objects.exists()

    def test_the_title_may_not_be_empty(self, client, preview):
        assert "Enter title" in words(confirm(client, preview, title=" "))

    def test_twice_the_button_makes_one_plan(self, client, preview):
        confirm(client, preview)
        assert confirm(client, preview)["Location"] == url("import", preview)
        assert Plan.objects.count() == 1

    def test_who_saw_another_preview_looks_again(self, client, preview):
        answer = confirm(client, preview, version=preview.version - 1)
        assert answer.status_code == 409
        assert "Somebody else changed this import while you were looking" in words(answer)
        assert not Plan.objects.exists()

    def test_an_update_shows_what_changes_and_keeps_what_was_written_here(self, client, manager, preview):
        confirm(client, preview)
        plan = Plan.objects.get()
        Action.objects.filter(reference="1.1.1").get().updates.update(progress="Written in the tracker")
        rows = [KNOWN_ROWS[0], KNOWN_ROWS[1].replace("Ongoing", "March 2026"), *KNOWN_ROWS[2:]]
        newer = make_preview(preview.partnership, *rows, "1.4 | Clean walls | Paint over graffiti | | | Green")
        page = words(client.get(url("import_confirm", newer)))
        for expected in ("Bring a plan up to date", "What would change", "Ongoing", "March 2026", "Clean walls",
                         "Progress kept as written here (1)", "Update the plan"):  # fmt: skip
            assert expected in page
        answer = client.post(
            url("import_confirm", newer), {"version": newer.version, "update": plan.slug, "quarter": "2025-26-Q1"}
        )
        assert answer["Location"] == plan.get_absolute_url()
        assert Plan.objects.count() == 1
        assert plan.actions.get(reference="1.1.1").updates.get().progress == "Written in the tracker"
        assert plan.actions.count() == 4
        assert "is up to date" in words(client.get(answer["Location"]))

    def test_another_plan_may_be_chosen_or_a_new_one(self, client, preview):
        confirm(client, preview)
        other = make_plan(preview.partnership, title="Another plan")
        newer = make_preview(preview.partnership, *KNOWN_ROWS)
        for query, expected in ((f"?update={other.slug}", "An update of Another plan"), ("?update=new", "new plan")):
            assert expected in words(client.get(url("import_confirm", newer) + query))
        confirm(client, newer, update="new", title="A second one")
        assert Plan.objects.filter(title="A second one").exists()

    def test_a_plan_of_another_partnership_cannot_be_updated(self, client, preview):
        theirs = make_plan(make_partnership())
        assert confirm(client, preview, update=theirs.slug).status_code == 404
        assert client.get(f"{url('import_confirm', preview)}?update={theirs.slug}").status_code == 404

    def test_a_plan_made_since_the_preview_was_shown_is_compared_first(self, client, preview):
        twin = make_preview(preview.partnership, *KNOWN_ROWS)
        confirm(client, preview)
        answer = confirm(client, twin)
        assert answer["Location"] == url("import_confirm", twin)
        assert Plan.objects.count() == 1


class TestUndo:
    @pytest.fixture
    def done(self, client, preview):
        confirm(client, preview)
        preview.refresh_from_db()
        return preview

    def undo(self, client, done):
        return client.post(url("import_undo", done), {"version": done.version})

    def test_everything_goes_that_came(self, client, manager, done):
        assert "3 actions: taken away" in words(client.get(url("import_undo", done)))
        answer = self.undo(client, done)
        assert answer["Location"] == url("import", done)
        assert not Plan.objects.exists()
        done.refresh_from_db()
        assert (done.state, done.undone_by) == (ImportState.UNDONE, manager)
        assert "has been undone" in words(client.get(answer["Location"]))

    def test_not_once_somebody_has_edited_it(self, client, done):
        action = Plan.objects.get().actions.first()
        make_action(action.objective, text="Added by hand")
        answer = self.undo(client, done)
        assert "can no longer be undone" in words(answer)
        assert Plan.objects.exists()

    def test_who_saw_an_older_state_looks_again(self, client, done):
        assert client.post(url("import_undo", done), {"version": done.version + 1}).status_code == 409
        assert client.post(url("import_undo", done)).status_code == 409
        assert Plan.objects.exists()

    def test_a_preview_has_nothing_to_undo(self, client, preview):
        answer = client.get(url("import_undo", preview), follow=True)
        assert "This file has not been imported yet." in words(answer)

    def test_the_page_of_a_confirmed_import_says_what_came_of_it(self, client, done):
        page = words(client.get(url("import", done)))
        for expected in ("Imported", "Safer Maldon", "3 actions", "Mo Manager", "Undo this import"):
            assert expected in page

    @pytest.mark.parametrize("name", ["import_rows", "import_columns", "import_confirm"])
    def test_what_is_imported_is_no_longer_changed(self, client, done, name):
        answer = client.get(url(name, done), follow=True)
        assert answer.redirect_chain == [(url("import", done), 302)]
        assert "This file has been imported already." in words(answer)


class TestDrop:
    def test_a_preview_is_thrown_away(self, client, preview):
        answer = client.post(url("import_drop", preview), {"version": preview.version})
        assert answer["Location"] == "/imports/"
        assert not FileImport.objects.exists()
        assert "has been thrown away" in words(client.get("/imports/"))

    @pytest.mark.parametrize("version", ["", "x", "0", "²", "9" * 30])
    def test_not_by_who_saw_another_state(self, client, preview, version):
        assert client.post(url("import_drop", preview), {"version": version}).status_code == 409
        assert FileImport.objects.exists()

    def test_a_confirmed_import_is_not(self, client, preview):
        confirm(client, preview)
        assert client.post(url("import_drop", preview), {"version": 2})["Location"] == url("import", preview)
        assert FileImport.objects.exists()


class TestList:
    def test_it_is_empty_at_first_and_then_tells_who_brought_what(self, client, partnership, manager):
        assert "Files brought in so far" not in words(client.get("/imports/"))
        make_preview(partnership, by=manager)
        page = words(client.get("/imports/"))
        for expected in ("Files brought in so far", "plan 2025-26.docx", "Preview", "Mo Manager", "A plan"):
            assert expected in page

    def test_those_of_another_partnership_are_not_in_it(self, client, manager):
        make_preview(make_partnership(), name="theirs.docx")
        assert "theirs.docx" not in words(client.get("/imports/"))

    def test_it_costs_the_same_for_many(self, client, partnership, manager, count_queries):
        make_preview(partnership, by=manager)
        few = count_queries(lambda: client.get("/imports/"))
        for _ in range(20):
            make_preview(partnership)
        assert count_queries(lambda: client.get("/imports/")) == few

    def test_a_name_may_be_anything(self, client, partnership, manager):
        make_preview(partnership, name="<script>alert(1)</script>.docx")
        assert "<script>alert" not in client.get("/imports/").content.decode()
