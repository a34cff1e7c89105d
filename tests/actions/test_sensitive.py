"""Words by which somebody could be recognised are pointed out; streets, years and figures are not."""

import re
from pathlib import Path
from time import process_time

import pytest
from docx import Document

from actions.sensitive import Kind, find, of_update, sentences

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        pytest.param("Ask anna.osborne@essex.police.uk first.", Kind.EMAIL, "anna.osborne@essex.police.uk", id="email"),
        pytest.param("(o'neill+asb@maldon.gov.uk)", Kind.EMAIL, "o'neill+asb@maldon.gov.uk", id="email with signs"),
        pytest.param("Call 01621 854477 now", Kind.PHONE, "01621 854477", id="landline"),
        pytest.param("Call (01621) 854 477.", Kind.PHONE, "(01621) 854 477", id="landline with brackets"),
        pytest.param("Tel 020 7946 0018", Kind.PHONE, "020 7946 0018", id="London"),
        pytest.param("on 07700 900123.", Kind.PHONE, "07700 900123", id="mobile"),
        pytest.param("on 07700-900-123", Kind.PHONE, "07700-900-123", id="mobile with hyphens"),
        pytest.param("mobile 07700900123, evenings", Kind.PHONE, "07700900123", id="mobile in one"),
        pytest.param("+44 7700 900123", Kind.PHONE, "+44 7700 900123", id="from abroad"),
        pytest.param("+44 (0)1621 854477", Kind.PHONE, "+44 (0)1621 854477", id="from abroad with a nought"),
        pytest.param("a man, DOB 12/03/1990, was", Kind.BIRTH, "DOB 12/03/1990", id="date of birth"),
        pytest.param("d.o.b. 12.3.90", Kind.BIRTH, "d.o.b. 12.3.90", id="date of birth with stops"),
        pytest.param("Date of birth: 3rd March 1990", Kind.BIRTH, "Date of birth: 3rd March 1990", id="in words"),
        pytest.param("born on 3 March 1990", Kind.BIRTH, "born on 3 March 1990", id="born on"),
        pytest.param("born in May 2009", Kind.BIRTH, "born in May 2009", id="born in a month"),
        pytest.param("crime ref 42/12345/24", Kind.REFERENCE, "crime ref 42/12345/24", id="crime reference"),
        pytest.param("(Crime reference number: 4212345/24)", Kind.REFERENCE, "Crime reference number: 4212345/24",
                     id="crime reference number"),
        pytest.param("see 42/12345/24", Kind.REFERENCE, "42/12345/24", id="a reference by its form"),
        pytest.param("under 42CG/12345/09 and", Kind.REFERENCE, "42CG/12345/09", id="with the station's letters"),
        pytest.param("ref 1234567/24", Kind.REFERENCE, "1234567/24", id="of the Met"),
        pytest.param("incident no. 0345-12032024", Kind.REFERENCE, "incident no. 0345-12032024", id="incident number"),
        pytest.param("CAD 1234 of 12/03/24", Kind.REFERENCE, "CAD 1234 of 12/", id="log of a day"),
        pytest.param("Incident 345 of 12 March", Kind.REFERENCE, "Incident 345 of 12", id="incident of a day"),
        pytest.param("lives in CM9 5AA.", Kind.POSTCODE, "CM9 5AA", id="postcode"),
        pytest.param("SW1A 1AA", Kind.POSTCODE, "SW1A 1AA", id="postcode of London"),
        pytest.param("CM95AA", Kind.POSTCODE, "CM95AA", id="postcode in one"),
        pytest.param("cm9 5aa", Kind.POSTCODE, "cm9 5aa", id="postcode in small letters"),
        pytest.param("at 12 High Street since", Kind.ADDRESS, "12 High Street", id="house number"),
        pytest.param("12a St Peters Avenue", Kind.ADDRESS, "12a St Peters Avenue", id="house with a letter"),
        pytest.param("Flat 3, 12 Mill Lane", Kind.ADDRESS, "Flat 3, 12 Mill Lane", id="flat"),
        pytest.param("a visit to Mr Smith was", Kind.NAME, "Mr Smith", id="title and surname"),
        pytest.param("Mrs. J. Smith-Jones", Kind.NAME, "Mrs. J. Smith-Jones", id="title, initial, double name"),
        pytest.param("Ms Mary O’Brien left", Kind.NAME, "Ms Mary O’Brien", id="title and both names"),
        pytest.param("Miss J A McDonald", Kind.NAME, "Miss J A McDonald", id="initials without stops"),
        pytest.param("Dr van Houten", Kind.NAME, "Dr van Houten", id="a small word in the name"),
        pytest.param("spoke to J. Smith about", Kind.NAME, "J. Smith", id="initial and surname"),
        pytest.param("spoke to J.R. Smith", Kind.NAME, "J.R. Smith", id="two initials"),
        pytest.param("Spoke to John Smith.", Kind.NAME, "John Smith", id="given name and surname"),
        pytest.param("Contact Agnieszka Wrona", Kind.NAME, "Agnieszka Wrona", id="a Polish one after a capital"),
        pytest.param("for Ngozi A. Okafor", Kind.NAME, "Ngozi A. Okafor", id="an African one with an initial"),
        pytest.param("and Priya Sharma-Jones", Kind.NAME, "Priya Sharma-Jones", id="an Indian one, double"),
        pytest.param("victim Xanthe Quill moved", Kind.NAME, "victim Xanthe Quill", id="victim"),
        pytest.param("the tenant, Xanthe Quill", Kind.NAME, "tenant, Xanthe Quill", id="tenant"),
        pytest.param("raised by Cllr Green", Kind.NAME, "Cllr Green", id="councillor"),
        pytest.param("PC Patel and", Kind.NAME, "PC Patel", id="constable"),
        pytest.param("seen by PCSO J. Hart", Kind.NAME, "PCSO J. Hart", id="support officer"),
        pytest.param("Sgt. Xanthe Quill", Kind.NAME, "Sgt. Xanthe", id="sergeant with both names, the first of them"),
        pytest.param("spoke to A Patel", Kind.NAME, "A Patel", id="initial without a stop"),
        pytest.param("by J K Quill", Kind.NAME, "J K Quill", id="two initials without stops"),
        pytest.param("DOB 1990-02-01", Kind.BIRTH, "DOB 1990-02-01", id="date of birth as a machine writes it"),
        pytest.param("man, 1 February 1990 (dob)", Kind.BIRTH, "1 February 1990 (dob)", id="the date first"),
        pytest.param("Crime number EP-20240112-0231", Kind.REFERENCE, "Crime number EP-20240112-0231",
                     id="of another force"),
        pytest.param("incident EP-20240112-0231", Kind.REFERENCE, "incident EP-20240112-0231", id="incident alone"),
        pytest.param("URN: 42AB1234520", Kind.REFERENCE, "URN: 42AB1234520", id="URN"),
        pytest.param("CRN X123456", Kind.REFERENCE, "CRN X123456", id="CRN"),
        pytest.param("victim A.B. was", Kind.NAME, "A.B.", id="initials alone"),
    ],
)  # fmt: skip
def test_what_could_name_somebody_is_found(words, kind, found):
    assert [(one.kind, one.words) for one in find(words)] == [(kind, found)]


@pytest.mark.parametrize(
    "words",
    [
        "Patrols in High Street and Market Hill, Maldon.",
        "Burglary fell from 1,884 in 2008/09 to 1,627 in 2009/10 (-13.6%).",
        "By 31/03/2010; reviewed 01-04-2010 12:30.",
        "Meetings: 01/04/2010, 02/04/2010 and 0930 on 3 May 2010.",
        "£01621 854477",
        "Call 101, 0300 123 4567, 0800 555 111 or 0808 2000 247.",
        "LSOA E01021568 and E01021569",
        "Crime number 12 on the list. Crime numbers 1884 to 1900.",
        "Incidents of crime 2009-10; incident rate 12 of 1000.",
        "12 Crown Court cases, 3 Magistrates Court cases",
        "24 Neighbourhood Watch schemes; 2009 Safer Street bids",
        "A. Hold two events\nB. Fund a youth worker\n(c) Close",
        "U.K. Government and E.U. Money; 10 a.m. to 4 p.m.",
        "e.g. Schools, i.e. Colleges, etc. Others",
        "Youths born in Essex; children born 1990 or later",
        "The DV co-ordinator met the ASB panel. PC and PCSO patrols.",
        "Q1 2009/10, KPI 3.1.2, NI 15 and PSA 23",
        "The panel did miss Targets. Miss The Deadlines",
        "Sessions at 4 to 6pm; room M1 2nd floor; s3 4pm",
        "St. Peter’s School, Dr. in residence",
        "A Patrol each week. A Green Space. A Brown bin. A Day of Action. I Will. Plan B Was agreed",
        "George Street, James Cook Hospital, St John Ambulance, Prince William Road, John Bunyan Primary School",
        "Victim Support, Witness Care Unit, Offender Management Team, Tenant Involvement, Resident Survey Report",
        "PCSO Patrols; PC Team; Councillor Community Fund; DI Review",
        "Mark Property, Grace Road, Amber Light, Dawn Patrol, Grant Scheme, Chelsea Estate",
        "Crime 2009/10 and crime FY2024/25; incident Q1 2025",
        "",
    ],
)
def test_what_names_nobody_is_left_alone(words):
    assert find(words) == []


#: Plans that name hardly anybody, and how much is found in each: every find of 2009 is the name of a lead, in truth.
PLANS = {
    "fixtures/demonstration/plan.json": {"01632 960147"},
    "tests/seeds/maldon-csp-2009-10.docx": {"Clare Lawrence", "Keith Brown", "Leanne Hinton", "Owen Thom"},
    "tests/seeds/maldon-csp-2015.docx": set(),
}


@pytest.mark.parametrize(("path", "found"), PLANS.items())
def test_places_and_organisations_of_whole_plans_raise_no_false_alarm(path, found):
    text = "\n".join(_texts(ROOT / path))
    assert len(text) > 3_000
    assert {one.words for one in find(text)} == found


def _texts(path):
    if path.suffix == ".json":
        return re.findall(r'": "(.*)"', path.read_text())
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [one.text for one in document.paragraphs] + cells


def test_what_is_found_twice_is_said_once_and_in_its_order():
    found = find("CM9 5AA. Mr Smith, 07700 900123; Mr  Smith, cm9 5aa")
    assert [one.kind for one in found] == [Kind.POSTCODE, Kind.NAME, Kind.PHONE]


def test_one_stretch_of_words_is_one_thing():
    assert [one.kind for one in find("crime ref 07700/900123")] == [Kind.REFERENCE]


def test_the_sentence_says_what_and_where():
    said = of_update(progress="Fine.", work_needed="Ring Mr\nSmith", rag_reason="", back_on_track="")
    assert said == ["“Mr Smith” in the work needed looks like a person’s name"]


def test_of_many_finds_the_first_are_named():
    said = sentences({"the progress": " ".join(f"Mr Smith{letter}," for letter in "abcdefgh")})
    assert len(said) == 6
    assert said[-1] == "3 more such places"


@pytest.mark.parametrize(
    "words",
    [
        "a" * 40_000,
        "A. " * 13_000,
        "0 " * 20_000,
        "Mr A " * 8_000,
        "12 Ab " * 7_000,
        "John " * 8_000,
        "victim Ab " * 4_000,
        "12 " + "Ab" * 20_000,
        "12 A" + "b" * 40_000,
        "John Smith Road, " * 2_000,
    ],
)
def test_long_words_are_read_in_no_time(words):
    begun = process_time()
    find(words)
    assert process_time() - begun < 2
