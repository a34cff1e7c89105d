"""Words that had better not go to a public committee: names, addresses, numbers by which somebody could be recognised.

Pure functions that know British ways of writing and common names, and nothing else: no list of people, no network. What
they find is pointed out and never blocked, so they would rather miss a rare form than cry out at every street and
reference.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from csp_tracker.text import one_line


class Kind(StrEnum):
    """What found words look like, as said to a person."""

    EMAIL = "an email address"
    PHONE = "a phone number"
    BIRTH = "a date of birth"
    REFERENCE = "a crime or incident reference"
    POSTCODE = "a postcode"
    ADDRESS = "an address"
    NAME = "a person’s name"


@dataclass(frozen=True)
class Found:
    """Some words and what they look like."""

    kind: Kind
    words: str
    place: int


MOST = 5  # are named; more would be read by nobody
MONTHS = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
DAY = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTHS}\s+\d{{4}}|{MONTHS}\s+\d{{4}})"
)
AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G "
    "GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW "
    "OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC "
    "WD WF WN WR WS WV YO ZE"
)
STREETS = (
    "Street|Road|Avenue|Lane|Close|Drive|Crescent|Gardens|Terrace|Grove|Square|Mews|Rise|Row|Walk|Way|Court|Place|House"
)
NAMED = r"[A-Z][a-zà-ÿ]+(?:(?:[’'-][A-Z]?|[A-Z])[a-zà-ÿ]+)*"  # O’Brien, Smith-Jones, McDonald
SURNAME = rf"(?:(?:de|du|van|von|der|al|el|bin|St\.?)[ -])?(?:[A-Z][’'])?{NAMED}"
INITIAL = r"[A-Z]\."
#: Given names that are common in Britain, and are no words or places: no Mark, no Amber, no Chelsea.
GIVEN_NAMES = (
    "Aaron Abdul Abdullah Abigail Adam Adeel Adrian Agnieszka Ahmed Aidan Aisha Alan Albert Alex Alexander Alexandra "
    "Alfie Ali Alice Alison Alistair Amanda Amelia Amina Amit Amy Andrea Andrew Andrzej Angela Anita Ann Anna Anne "
    "Annie Anthony Antony Archie Arjun Arthur Asha Asif Ayesha Babatunde Barbara Barry Beata Benjamin Bernadette Beth "
    "Bethany Billy Brandon Brenda Brendan Brian Bridget Bruce Callum Cameron Carl Carla Caroline Catherine Charles "
    "Charlie Charlotte Chidi Chloe Christine Christopher Claire Clare Colin Connor Craig Curtis Damian Daniel "
    "Danielle Darren Dave David Debbie Deborah Declan Denise Dennis Derek Diane Dominic Donald Donna Dorota Dorothy "
    "Douglas Duncan Dwayne Dylan Eddie Edward Eileen Elaine Eleanor Elizabeth Ella Ellen Ellie Elsie Emeka Emily Emma "
    "Eric Esther Ethan Evelyn Ewa Faisal Farah Farooq Fatima Finley Fiona Frances Francis Frederick Gareth Garry Gary "
    "Gavin Gemma Geoffrey George Gerald Gillian Gordon Gregory Grzegorz Hamza Hannah Harold Harriet Harry Hassan "
    "Hayley Heidi Helen Henry Hugh Hussein Iain Ian Ibrahim Imran Isaac Isabel Isabella Ivan Jack Jacob Jacqueline "
    "Jake Jakub Jamal James Jamie Jane Janet Janice Jason Jeffrey Jennifer Jenny Jeremy Jerome Jessica Jill Joan "
    "Joanna Joanne Joe Joel John Johnny Jonathan Joseph Josephine Joshua Joyce Judith Julia Julian Julie Justin "
    "Justyna Kamil Karen Karl Katarzyna Kate Katherine Kathleen Katie Kayleigh Keith Kenneth Kevin Khadija Khalid "
    "Kieran Kimberley Kirsty Krzysztof Kwame Kyle Laura Lauren Leanne Leon Liam Linda Lisa Lorraine Louise Lucy Luke "
    "Lydia Magdalena Malcolm Malgorzata Mandy Marcin Marcus Margaret Maria Mariam Marie Marion Mariusz Martin Mary "
    "Matthew Maureen Maurice Megan Melanie Melissa Michael Michelle Mike Miriam Mohamed Mohammad Mohammed Molly "
    "Monika Muhammad Nadia Naomi Nasreen Natalie Natasha Nathan Neil Ngozi Nicholas Nicola Nicole Nigel Noah Oliver "
    "Olivia Omar Oscar Owen Pamela Patricia Patrick Paula Pauline Pawel Peter Philip Phillip Piotr Pradeep Priya "
    "Rachel Rahul Rajesh Ralph Ravi Raymond Rebecca Reece Rhys Richard Ricky Robert Roger Ronald Ronnie Rosie Roy "
    "Rukhsana Russell Ruth Ryan Sadia Salim Sally Samantha Samina Samuel Sandra Sanjay Sarah Sean Sebastian Shabana "
    "Shane Sharon Shaun Sheila Shirley Simon Simone Sofia Sophia Sophie Stacey Stefan Stephanie Stephen Steve Steven "
    "Stuart Sunil Sunita Suresh Susan Suzanne Sylvia Tanya Tariq Terence Teresa Terry Thomas Timothy Toby Tom Tomasz "
    "Tony Tracey Tracy Trevor Tunde Tyrone Usman Valerie Vanessa Victor Vijay Vikram Vincent Wayne Wendy William "
    "Wojciech Yasmin Yetunde Yusuf Yvonne Zachary Zainab Zara Zofia"
)
#: Family names that are common in Britain, and are no words.
FAMILY_NAMES = (
    "Adeyemi Ahmed Akhtar Ali Anderson Barnes Begum Bennett Campbell Chowdhury Clarke Collins Davies Davis Edwards "
    "Evans Gibson Graham Griffiths Gupta Harris Harrison Hughes Hussain Hussein Iqbal Jackson Jenkins Johnson Jones "
    "Kaur Kelly Kennedy Khan Kowalski Lewis MacDonald Mahmood Malik Matthews McDonald Mensah Mitchell Mohammed Morris "
    "Murphy Murray Nowak Okafor Osborne Patel Phillips Rahman Reynolds Richardson Roberts Robertson Robinson Russell "
    "Saunders Shah Sharma Simpson Singh Smith Stevens Stewart Taylor Thompson Thomson Watson Williams Wilson"
)
GIVEN, FAMILY = (f"(?:{names.replace(' ', '|')})" for names in (GIVEN_NAMES, FAMILY_NAMES))

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
PHONE = re.compile(r"(?<![\w./,£-])(?:\+44[\s-]?(?:\(0\))?|0044|\(?0)[\s-]?(\d[\d\s()-]{7,13}\d)(?![\w/])")
BIRTH = re.compile(rf"\b(?:d\.?o\.?b\b\.?|date of birth|born)[\s:]*(?:is|was|on|in)?\s*(?:the\s+)?{DAY}", re.IGNORECASE)
BIRTH_AFTER = re.compile(rf"\b{DAY}\s*(?:[(\[,]?\s*d\.?o\.?b\b\.?|[(\[,]\s*date of birth)\)?", re.IGNORECASE)
CUED = re.compile(
    r"\b(?:crime|incident|offence|custody|athena|niche|storm|cad|occurrence|urn|crn)"
    r"(?:\s+(?:report|log))?"
    r"(?:\s*(?:reference|ref|number|no|nr|log)\b\.?)+"
    r"[\s:#]*(?P<value>[A-Z]{0,4}[/-]?\d[\dA-Z]*(?:[/-][\dA-Z]+)*)",
    re.IGNORECASE,
)
SHORT_CUED = re.compile(
    r"\b(?:(?:[Cc]rime|[Ii]ncident)[ :#]+(?!FY|NI|Q)[A-Z]{1,4}|(?:CRN|URN)[ :#]+[A-Z]{0,4})"
    r"[/-]?\d[\dA-Z]{3,}(?:[/-][\dA-Z]+)*"
)
BARE = re.compile(
    r"(?<![\w/.-])(?:\d{2}/\d{4,7}/\d{2}|\d{2}[A-Z]{1,3}/\d{4,6}/\d{2}|\d{6,7}/\d{2}|CR/?\d{5,}/\d{2}|[A-Z]{2}\d{8,10}/\d{2})"
    r"(?![\w/-])"
)
LOG = re.compile(
    r"\b(?:CAD|[Ii]ncident|[Ll]og)\s+(?:(?:no|number)\.?\s*)?\d{1,5}\s+of\s+\d{1,2}(?:st|nd|rd|th|[./-]|\s)"
)
POSTCODE = re.compile(
    rf"(?<![\w/-])(?:{AREAS.replace(' ', '|')})\d[\dA-Z]?\s?\d[ABD-HJLNP-UW-Z]{{2}}(?![\w/-])", re.IGNORECASE
)
ADDRESS = re.compile(
    rf"\b(?:[Ff]lat\s+\d{{1,3}}[A-Za-z]?,?\s+)?\d{{1,3}}[A-Za-z]?,?\s+(?:(?:{NAMED}|St\.?)\s+){{1,3}}(?:{STREETS})\b"
)
TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Master)\.?\s+(?:(?:{INITIAL}|[A-Z]\b)\s*)*(?:{NAMED}\s+(?=[A-Z]))?{SURNAME}"
)
OFFICE = re.compile(
    r"\b(?:Cllr|Councillor|PC|PCSO|DS|DI|Insp|Inspector|Sgt|Sergeant)\.? "
    rf"(?:(?:{INITIAL}|[A-Z]\b) ?)*(?:{GIVEN} )?{SURNAME}\b"
)
ROLE = re.compile(
    r"\b(?:[Vv]ictim|[Ss]uspect|[Ww]itness|[Rr]esident|[Tt]enant|[Oo]ffender|[Pp]erpetrator),? "
    rf"(?P<name>{NAMED} {SURNAME})\b"
)
GIVEN_AND_FAMILY = re.compile(rf"\b{GIVEN} (?:(?:{INITIAL}|[A-Z]\b) ?)*(?:{GIVEN} )?{SURNAME}\b")
UNSTOPPED = re.compile(rf"(?<![\w.’'&-])(?:[A-Z] {FAMILY}|[A-Z] [A-Z] {NAMED})\b")
INITIALED = re.compile(rf"(?<![\w.])(?:{INITIAL}\s?){{1,3}}(?:{SURNAME})\b")
ONLY_INITIALS = re.compile(r"(?<![\w.])[A-Z]\.\s?[A-Z]\.(?!\s?\w*\.)")

#: Courts and the like are no houses, whatever number of things stands before them.
NO_ADDRESS = re.compile(
    r"\b(?:Crown|Magistrates|County|High|Youth|Family|Supreme) Court\b|\b(?:Town|Council) House\b"
    r"|\b(?:Neighbourhood|Community|Health|Safer) (?:Walk|Way)\b"
)
ABBREVIATIONS = {"U.K.", "U.S.", "E.U.", "U.N.", "N.B.", "A.M.", "P.M.", "D.V.", "D.A.", "P.C.", "I.T.", "H.R.", "Q.A."}
LETTERED = re.compile(r"(?:^|[\n;:])[\s\-–•*(]*$")  # “A. Hold two events”: a list, not a person
AFTER_TITLE = {"The", "This", "That", "Out", "Opportunity", "Opportunities", "Targets", "Deadlines", "Plan", "Class"}

#: Words that follow “victim”, “PC” or a name in headings, and are nobody’s name.
COMMON_WORDS = (
    "Access Action Advice Advocate Advocates Agency Aid Ambulance And April Are Area Assessment Association "
    "Associations At Attended August Awareness Board Boards Budget By Care Centre Champion Champions Charter "
    "Code Commissioner Committee Communication Community Complaints Contact Contacts Council Days December "
    "Development Drive Drop Education Engagement Experience February Feedback Fire Focus Focused For Forum "
    "Forums Foundation Friday From Fund Funding Gateway Group Groups Has Health Hearing Home Homes Housing Hub "
    "Identification Impact In Information Initiative Institute Intervention Interventions Involvement Is "
    "January Journey July June Led Liaison Line Management March May Meeting Meetings Monday Monitoring Needs "
    "Network Notice Notices November Numbers October Of Offender Officer Officers On Organisation Panel Panels "
    "Participation Partnership Patrol Patrols Perpetrator Perpetrators Personal Plan Police Programme "
    "Programmes Project Projects Protection Radio Referral Referrals Report Reports Review Risk Safety "
    "Satisfaction Saturday Scheme Schemes September Service Services Session Sessions Strategy Sunday Support "
    "Surcharge Surgeries Surgery Survey Surveys Suspect Team Teams Tenant Tenants That The This Thursday To "
    "Training Trust Tuesday Unit Units Victim Victims Visits Voice Voices Ward Wards Was Watch Wednesday "
    "Welfare Will With Witness Work Worker Workers Working World Youth"
)
#: What is called after people.
PLACES_WORDS = (
    "Academy Arms Avenue Bridge Building Cemetery Church Close College Cottage Cottages Court Crescent Day "
    "Drive Estate Farm Field Fields Gardens Green Grove Hall Hill Hospital Hotel House Infants Inn Island "
    "Junior Lane Leisure Library Lodge Mews Museum Parade Park Place Playground Pool Primary Quay Rise Road Row "
    "School Square Stadium Station Street Terrace Theatre Tower University Valley Village Walk Way Wood"
)
COMMON, PLACES = (frozenset(listed.split()) for listed in (COMMON_WORDS, PLACES_WORDS))
FOLLOWING = re.compile(rf" ({NAMED})\b")
AFTER_WHOM = re.compile(r"\b(?:St\.?|Saint|King|Queen|Prince|Princess) $")


def find(words: str) -> list[Found]:
    """Everything in the words that looks like something of a person, in its order; nothing twice."""
    found, taken = [], bytearray(len(words))
    for one in _all(words):
        ends = one.place + len(one.words)
        if not any(taken[one.place : ends]):
            found.append(one)
            taken[one.place : ends] = b"x" * len(one.words)
    known: dict[tuple[Kind, str], Found] = {}
    for one in sorted(found, key=lambda one: one.place):
        known.setdefault((one.kind, one_line(one.words).lower()), one)
    return list(known.values())


def _all(words: str) -> Iterator[Found]:
    """The surest kinds first: what one has found is not found again by the next."""
    yield from _of(Kind.EMAIL, EMAIL, words)
    for pattern in (BIRTH, BIRTH_AFTER):
        yield from _of(Kind.BIRTH, pattern, words)
    for pattern in (CUED, SHORT_CUED, BARE, LOG):
        yield from (one for one in _of(Kind.REFERENCE, pattern, words) if _is_long_enough(one.words))
    yield from (one for one in _of(Kind.PHONE, PHONE, words) if _is_private(one.words))
    yield from (one for one in _of(Kind.POSTCODE, POSTCODE, words) if _is_postcode(one.words))
    yield from (one for one in _of(Kind.ADDRESS, ADDRESS, words) if not NO_ADDRESS.search(one.words))
    yield from (one for one in _of(Kind.NAME, TITLED, words) if one.words.split()[1] not in AFTER_TITLE)
    for pattern in (OFFICE, ROLE, GIVEN_AND_FAMILY, UNSTOPPED):
        yield from (one for one in _of(Kind.NAME, pattern, words) if not _is_of_a_place_or_heading(one, words))
    for pattern in (INITIALED, ONLY_INITIALS):
        for one in _of(Kind.NAME, pattern, words):
            if not _is_abbreviation(one.words) and not _is_of_a_list(one, words):
                yield one


def _of(kind: Kind, pattern: re.Pattern[str], words: str) -> Iterator[Found]:
    for match in pattern.finditer(words):
        yield Found(kind, match.group().rstrip(), match.start())


def _is_long_enough(words: str) -> bool:
    """Whether a reference has the digits of one: “crime number 12” counts crimes."""
    return len(re.sub(r"\D", "", words)) >= 4


def _is_private(words: str) -> bool:
    """Whether it has as many digits as a British number, and is none that is printed for everybody."""
    digits = re.sub(r"\D", "", words).removeprefix("0044")
    digits = digits.removeprefix("44").lstrip("0") if words.startswith(("+", "0044")) else digits.removeprefix("0")
    return len(digits) == 10 and digits[0] in "127"


def _is_postcode(words: str) -> bool:
    """Whether it is written as one: in capitals, or apart and with more than a time of day in it."""
    return words.isupper() or (" " in words and not re.search(r"(?i)\d(?:am|pm|st|nd|rd|th)$", words))


def _is_of_a_place_or_heading(one: Found, words: str) -> bool:
    """Whether it is a street, a school, a team: “George Street”, “Victim Support”, “John Bunyan Primary School”."""
    following = FOLLOWING.match(words, one.place + len(one.words))
    parts = one.words.split()
    return (
        not COMMON.isdisjoint(parts[1:])
        or (parts[-1] in PLACES and not OFFICE.match(one.words))
        or (following is not None and following[1] in PLACES)
        or AFTER_WHOM.search(words[max(0, one.place - 12) : one.place]) is not None
    )


def _is_abbreviation(words: str) -> bool:
    begins = re.match(r"(?:[A-Z]\.\s?){2,3}", words)
    return begins is not None and begins.group().replace(" ", "") in ABBREVIATIONS


def _is_of_a_list(one: Found, words: str) -> bool:
    """Whether a single letter only numbers what follows it."""
    return one.words[0] <= "H" and not re.match(r"[A-Z]\.\s?[A-Z]\.", one.words) and bool(
        LETTERED.search(words[: one.place])
    )  # fmt: skip


def sentences(texts: Mapping[str, str]) -> list[str]:
    """What to say of texts, each by its label: a sentence for each of the first finds, and how many more there are."""
    said = [f"“{one_line(found.words)}” in {label} looks like {found.kind}"
            for label, words in texts.items() for found in find(words)]  # fmt: skip
    if len(said) <= MOST:
        return said
    return [*said[:MOST], f"{len(said) - MOST} more such places"]


def of_update(*, progress: str, work_needed: str, rag_reason: str, back_on_track: str) -> list[str]:
    """What to say of an update's words."""
    return sentences(
        {
            "the progress": progress,
            "the work needed": work_needed,
            "the reason for the light": rag_reason,
            "what would bring it back on track": back_on_track,
        }
    )
