"""Street-level files as counts: what is counted, what is not, and where the files lie."""

import random
import tracemalloc
import zipfile

import pytest

from indicators.importing.police import Area, PoliceFileRefused, opened
from indicators.importing.police import sample as samples
from indicators.importing.police.counting import slug_of
from indicators.importing.police.rows import COLUMNS
from indicators.importing.police.seen import Seen
from tests.indicators.importing.police_files import (
    AREA,
    HERE,
    NOWHERE,
    THERE,
    archive,
    count,
    crime,
    month,
    put,
    put_month,
    street,
)

MARCH = month("2024-03")
NAME = "2024-03-aldershire-street.csv"


def counted(path, *rows, area=AREA, name=NAME):
    return count(put(path, name, *rows), area=area).months[MARCH]


class TestDistrict:
    @pytest.mark.parametrize(
        ("name", "is_counted"),
        [
            pytest.param("Northmere 001A", True, id="the district's own"),
            pytest.param("Northmere 012F", True, id="another of its own"),
            pytest.param("Northmere Vale 001A", False, id="a district whose name goes on"),
            pytest.param("Northmeredale 001A", False, id="a name that only begins so"),
            pytest.param("Southmere 001A", False, id="another district"),
            pytest.param("Northmere", False, id="no LSOA at all"),
        ],
    )
    def test_by_name(self, tmp_path, name, is_counted):
        found = counted(tmp_path, crime(at=("E01099001", name)))
        assert sum(found.here.values()) == is_counted

    def test_codes_are_surer_than_the_name(self, tmp_path):
        area = Area("aldershire", frozenset({"E01099001"}), "Northmere")
        renamed, doubtful = ("E01099001", "Mere 001A"), ("E01099999", "Northmere 001A")
        found = counted(tmp_path, crime(at=renamed), crime(at=doubtful), crime(at=THERE), area=area)
        assert (found.here["burglary"], found.doubtful) == (1, 1)

    def test_codes_need_no_name(self, tmp_path):
        found = counted(tmp_path, crime(), crime(at=THERE), area=Area("aldershire", frozenset({HERE[0]})))
        assert (found.here["burglary"], found.doubtful) == (1, 0)

    def test_rows_without_a_location_are_counted_by_themselves(self, tmp_path):
        found = counted(tmp_path, crime(), crime(at=NOWHERE), crime("Drugs", at=NOWHERE))
        assert found.here.total() == 1
        assert found.nowhere == {"burglary": 1, "drugs": 1}


class TestKinds:
    @pytest.mark.parametrize(
        ("words", "kind"),
        [
            pytest.param("Violence and sexual offences", "violence", id="as it is called now"),
            pytest.param("Violent crime", "violence", id="as it was called"),
            pytest.param("Public disorder and weapons", "public_disorder_and_weapons", id="one that is two now"),
            pytest.param("Anti-social Behaviour", "anti_social_behaviour", id="in other capitals"),
            pytest.param(" Theft  from the person ", "theft_from_person", id="with blanks"),
        ],
    )
    def test_by_their_words(self, tmp_path, words, kind):
        assert counted(tmp_path, crime(words)).here == {kind: 1}

    def test_one_that_nobody_knows_is_told(self, tmp_path):
        found = count(put(tmp_path, NAME, crime("Cyber crime"), crime("Cyber crime"), crime()))
        assert found.unknown == {"Cyber crime": 2}
        assert found.months[MARCH].here["burglary"] == 1

    def test_however_many_nobody_knows_few_are_kept(self, tmp_path):
        found = count(put(tmp_path, NAME, *(crime(f"Crime {number}" * 50) for number in range(500))))
        assert len(found.unknown) == 20
        assert max(map(len, found.unknown)) == 60
        assert found.rows == 500


class TestTwice:
    def test_a_crime_id_counts_once_in_a_month(self, tmp_path):
        found = counted(tmp_path, crime(crime_id="a"), crime("Drugs", crime_id="a"), crime(crime_id="b"))
        assert (found.here, found.repeated) == ({"burglary": 2}, 1)

    def test_incidents_without_an_id_each_count(self, tmp_path):
        assert counted(tmp_path, *[crime("Anti-social behaviour")] * 3).here == {"anti_social_behaviour": 3}

    def test_the_same_id_in_another_month_is_another_matter(self, tmp_path):
        path = put(tmp_path, "crimes.csv", crime(crime_id="a"), crime(crime_id="a", month="2024-04"))
        assert [one.here["burglary"] for one in count(path).months.values()] == [1, 1]

    def test_the_same_file_in_two_places_counts_once(self, tmp_path):
        for folder in ("a", "b"):
            put(tmp_path / folder, NAME, crime("Anti-social behaviour"), crime(crime_id="a"))
        found = count(tmp_path)
        assert found.months[MARCH].here.total() == 2
        assert len(found.replaced) == 1

    def test_of_two_downloads_the_one_named_last_counts(self, tmp_path):
        old, new = tmp_path / "old", tmp_path / "new"
        put_month(old, "2024-03", crime())
        put_month(new, "2024-03", crime(), crime())
        assert count(old, new).months[MARCH].here["burglary"] == 2
        assert count(new, old).months[MARCH].here["burglary"] == 1

    def test_an_empty_file_replaces_nothing(self, tmp_path):
        old, new = tmp_path / "old", tmp_path / "new"
        put_month(old, "2024-03", crime())
        put_month(new, "2024-03")
        assert count(old, new).months[MARCH].here["burglary"] == 1
        assert count(new, old).months[MARCH].here["burglary"] == 1

    @pytest.mark.parametrize("at_hand", [1, 2, 7, 1000])
    def test_ids_are_remembered_exactly_however_few_are_at_hand(self, at_hand):
        keys = random.Random(1).choices([f"id {number}" for number in range(60)], k=300)
        with Seen(at_hand) as seen:
            new = [key for key in keys if seen.is_new(key)]
        assert new == list(dict.fromkeys(keys))


class TestForces:
    def test_only_the_files_of_the_force_are_read(self, tmp_path):
        put_month(tmp_path, "2024-03", crime())
        put_month(tmp_path, "2024-03", crime(force="Kentwold Police"), force="kentwold")
        put_month(tmp_path, "2024-03", crime(force="British Transport Police"), force="btp")
        found = count(tmp_path)
        assert (found.files, found.months[MARCH].here["burglary"]) == (1, 1)

    def test_a_file_of_another_name_is_told_by_who_reported(self, tmp_path):
        found = count(put(tmp_path, "crimes.csv", crime(), crime(force="Kentwold Police")))
        assert (found.months[MARCH].here["burglary"], found.of_other_forces) == (1, 1)

    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Essex Police", "essex"),
            ("Devon & Cornwall Police", "devon-and-cornwall"),
            ("Avon and Somerset Constabulary", "avon-and-somerset"),
            ("Metropolitan Police Service", "metropolitan"),
            ("City of London Police", "city-of-london"),
            ("Dyfed-Powys Police", "dyfed-powys"),
            ("British Transport Police", "btp"),
            ("Police Service of Northern Ireland", "northern-ireland"),
            ("", ""),
        ],
    )
    def test_names_of_forces_are_those_of_their_files(self, name, slug):
        assert slug_of(name) == slug


class TestMonths:
    def test_those_between_are_known_to_be_missing(self, tmp_path):
        for code in ("2023-12", "2024-03"):
            put_month(tmp_path, code, crime())
        found = count(tmp_path)
        assert [one.code for one in found.span] == ["2023-12", "2024-01", "2024-02", "2024-03"]
        assert sorted(one.code for one in found.months) == ["2023-12", "2024-03"]

    @pytest.mark.parametrize(
        ("force", "what"),
        [
            pytest.param("kentwold", "street", id="the file of another force"),
            pytest.param("aldershire", "outcomes", id="another file of the force"),
            pytest.param("aldershire", "stop-and-search", id="its searches"),
        ],
    )
    def test_any_file_shows_which_months_were_asked_for(self, tmp_path, force, what):
        put_month(tmp_path, "2024-03", crime())
        put_month(tmp_path, "2024-04", crime(), force=force, what=what)
        found = count(tmp_path)
        assert [one.code for one in found.span] == ["2024-03", "2024-04"]
        assert [one.code for one in found.months] == ["2024-03"]

    def test_rows_of_another_month_than_the_name_says_do_not_count(self, tmp_path):
        found = count(put(tmp_path, NAME, crime(), crime(month="2024-02")))
        assert list(found.months) == [MARCH]
        assert found.of_other_months == 1

    def test_rows_without_a_month_or_broken_off_are_told(self, tmp_path):
        found = count(put(tmp_path, NAME, crime(), crime(month="March"), crime(month="2024-13"), ["x", "2024-03"], []))
        assert (found.unreadable, found.rows) == (3, 4)
        assert found.months[MARCH].rows == 1

    def test_a_file_of_another_name_may_hold_several(self, tmp_path):
        rows = [crime(month=code) for code in ("2024-03", "2024-04", "2024-03")]
        found = count(put(tmp_path, "crimes.csv", *rows))
        assert {one.code: count.here["burglary"] for one, count in found.months.items()} == {"2024-03": 2, "2024-04": 1}


class TestPlaces:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "download"
        put_month(folder, "2024-03", crime(), crime(at=THERE))
        put_month(folder, "2024-04", crime(), crime("Drugs"))
        return folder

    def test_a_folder_an_archive_and_files_give_the_same(self, folder, tmp_path):
        made = archive(tmp_path / "2024-04.zip", folder)
        found = [count(folder), count(made), count(*sorted(folder.rglob("*.csv")))]
        assert len({str([(one.code, count.here) for one, count in each.months.items()]) for each in found}) == 1

    def test_a_folder_of_archives_counts_the_newest(self, folder, tmp_path):
        archives = tmp_path / "archives"
        archives.mkdir()
        archive(archives / "2024-04.zip", folder)
        put_month(folder, "2024-03", crime(), crime(), crime())
        archive(archives / "2024-05.zip", folder)
        found = count(archives).months[MARCH]
        assert (found.here["burglary"], found.download) == (3, "2024-05.zip")

    def test_a_byte_order_mark_and_windows_line_ends_are_read(self, tmp_path):
        path = tmp_path / NAME
        path.write_bytes(b"\xef\xbb\xbf" + street(crime()).replace(b"\n", b"\r\n"))
        assert count(path).months[MARCH].here["burglary"] == 1

    def test_a_byte_gone_wrong_loses_nothing_else(self, tmp_path):
        path = tmp_path / NAME
        path.write_bytes(street(crime(), crime()).replace(b"Mere Lane", b"Mere \xff\x00Lane", 1))
        assert count(path).months[MARCH].here["burglary"] == 2

    def test_columns_may_stand_in_another_order(self, tmp_path):
        rows = [crime()[::-1]]
        assert count(put(tmp_path, NAME, *rows, heading=COLUMNS[::-1])).months[MARCH].here["burglary"] == 1

    @pytest.mark.parametrize("content", [b"", street()], ids=["nothing", "the heading alone"])
    def test_an_empty_file_is_a_month_without_rows(self, tmp_path, content):
        path = tmp_path / NAME
        path.write_bytes(content)
        assert count(path).months[MARCH].rows == 0

    def test_of_two_downloads_sorted_files_are_listed_once(self, folder):
        with opened([folder]) as sources:
            assert [file.name for file in sources.files] == [
                "2024-03-aldershire-street.csv",
                "2024-04-aldershire-street.csv",
            ]


class TestRefused:
    def refused(self, path, sentence):
        with pytest.raises(PoliceFileRefused, match=sentence):
            count(path)

    def test_a_path_that_leads_nowhere(self, tmp_path):
        self.refused(tmp_path / "nowhere.zip", "cannot be read: no such file")

    def test_a_folder_without_street_level_files(self, tmp_path):
        put_month(tmp_path, "2024-03", crime(), what="outcomes")
        self.refused(tmp_path, "holds no street-level file")

    def test_another_table(self, tmp_path):
        self.refused(put(tmp_path, "kpis.csv", heading=("Ref", "Name")), "no column “Crime ID”")

    def test_outcomes_under_a_name_of_ones_own(self, tmp_path):
        heading = ["Crime ID", "Month", "Reported by", "LSOA code", "LSOA name", "Outcome type"]
        self.refused(put(tmp_path, "mine.csv", heading=heading), "no column “Crime type”")

    def test_an_archive_broken_off(self, tmp_path):
        put_month(tmp_path / "in", "2024-03", *[crime(crime_id=str(number)) for number in range(999)])
        path = archive(tmp_path / "2024-03.zip", tmp_path / "in")
        path.write_bytes(path.read_bytes()[:-100])
        self.refused(path, "is damaged: it cannot be opened as an archive")

    def test_an_archive_with_a_part_damaged(self, tmp_path):
        put_month(tmp_path / "in", "2024-03", *[crime(crime_id=str(number)) for number in range(999)])
        path = archive(tmp_path / "2024-03.zip", tmp_path / "in")
        data = bytearray(path.read_bytes())
        data[500:700] = bytes(200)
        path.write_bytes(data)
        self.refused(path, "is damaged: it cannot be read to its end")

    def test_a_protected_archive(self, tmp_path):
        put_month(tmp_path / "in", "2024-03", crime())
        path = archive(tmp_path / "2024-03.zip", tmp_path / "in")
        data = bytearray(path.read_bytes())
        data[data.index(b"PK\x01\x02") + 8] |= 1
        path.write_bytes(data)
        self.refused(path, "protected with a password")

    def test_a_line_without_end(self, tmp_path):
        path = tmp_path / "2024-03.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr(NAME, street() + b"x" * 10_000_000)
        self.refused(path, "a line too long")

    def test_a_cell_without_end(self, tmp_path):
        path = tmp_path / NAME
        path.write_bytes(street() + b'"' + b"x\n" * 1_000_000)
        self.refused(path, "damaged")


class TestMemory:
    def most(self, path, area=AREA):
        tracemalloc.start()
        count(path, area=area)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    def test_it_does_not_grow_with_the_file(self, tmp_path):
        everywhere = Area(
            "aldershire", frozenset(code for name in samples.DISTRICTS for code, _ in samples.lsoas(name))
        )
        small, large = tmp_path / NAME, tmp_path / "large" / NAME
        large.parent.mkdir()
        for path, rows in ((small, 30_000), (large, 90_000)):
            with path.open("wb") as file:
                samples.write_month(file, MARCH, rows)
        assert self.most(large, everywhere) < self.most(small, everywhere) * 1.1


class TestSample:
    def test_it_is_the_same_every_time(self, tmp_path):
        months = samples.months_until(MARCH, 2)
        for name in ("a.zip", "b.zip"):
            samples.write_archive(tmp_path / name, months, 100)
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()

    def test_it_has_the_shape_of_the_real_one(self, tmp_path):
        samples.write_folder(tmp_path, [MARCH], 3000)
        (path,) = tmp_path.rglob("*.csv")
        assert path.relative_to(tmp_path).as_posix() == "2024-03/2024-03-aldershire-street.csv"
        first, *rows = path.read_text().splitlines()
        assert first == (
            "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
            "Last outcome category,Context"
        )
        incidents = [row for row in rows if ",Anti-social behaviour," in row]
        assert all(row.startswith(",2024-03,") for row in incidents)
        assert all(row.endswith(",,") for row in incidents)

    def test_all_of_it_is_met(self, tmp_path):
        samples.write_folder(tmp_path, [MARCH], 6000)
        found = count(tmp_path)
        assert found.rows == 6000
        assert len(found.months[MARCH].in_force) == 14
        assert 80 < found.without_location < 160
        assert found.repeated >= 1
        assert 600 < found.months[MARCH].here.total() < 1000

    def test_a_month_left_out_has_another_forces_file(self, tmp_path):
        months = samples.months_until(MARCH, 3)
        samples.write_archive(tmp_path / "a.zip", months, 50, without=months[1:2])
        found = count(tmp_path / "a.zip")
        assert [one in found.months for one in found.span] == [True, False, True]
