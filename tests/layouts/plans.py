"""Plans laid out as councils lay theirs out: the habits are real, the plans are not anybody's.

Each is a file as it would be brought. What it should give is in `trees/`, under the same name, checked by hand.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.layouts.making import (
    AMBER,
    BLUE,
    DARK_GREEN,
    GREEN,
    PALE_GREEN,
    RED,
    C,
    Sheet,
    book,
    separated,
    word,
    workbook,
)

Layout = Callable[[], bytes]
LAYOUTS: dict[str, tuple[str, Layout]] = {}  # by name: what the file is called, and what makes it


def layout(file_name: str) -> Callable[[Layout], Layout]:
    """Name the file that a function makes."""

    def keep(make: Layout) -> Layout:
        LAYOUTS[make.__name__] = (file_name, make)
        return make

    return keep


@layout("DHR action plan v3 FINAL.docx")
def review_recommendations() -> bytes:
    """The table of a domestic homicide review: a recommendation merged down over its actions, dates of all sorts."""
    return word(
        "Domestic Homicide Review: multi-agency action plan",
        "Produced for the Partnership Board",
        [
            [
                "Recommendation",
                "Scope of recommendation i.e. local or regional",
                "Action to take",
                "Lead Agency",
                "Key milestones achieved in enacting recommendation",
                "Target Date",
                "Date of completion and outcome",
            ],
            [
                C("1. Professionals should ask about abuse routinely", down=2),
                "Local",
                "Train receptionists in all surgeries",
                "Health",
                "Trainer appointed",
                "30/6/2024",
                "Completed June 2024",
            ],
            [None, "Local", "Put posters with the helpline in waiting rooms", "Health", "", "31 June 2024", ""],
            [
                "2. Share what is known",
                "Regional",
                "Agree a protocol for sharing information",
                "Police",
                "Draft circulated\nComments received from two agencies",
                "Sept 2024",
                "",
            ],
            ["", "", "Audit ten cases", "Safeguarding Board", "", "Q3", ""],
        ],
    )


@layout("csp tracker 2016-17.xlsx")
def sheet_for_each_priority() -> bytes:
    """A workbook with a sheet for each priority, headings over two rows that begin in column B, colours for lights."""
    headings = [
        [
            C("Ref", down=2),
            C("Action", down=2),
            C("Lead", down=2),
            C("By when", down=2),
            C("Quarter 1", across=2),
            C("Quarter 2", across=2),
        ],
        [None, None, None, None, "Progress", "RAG", "Progress", "RAG"],
    ]
    return book(
        {
            "Serious violence": Sheet(
                [
                    ["Safer Partnership delivery plan 2016/17"],
                    ["Priority lead: Superintendent Marsh"],
                    [],
                    *headings,
                    [
                        "SV1",
                        "Run a knife amnesty",
                        "Police",
                        date(2016, 9, 30),
                        "Bins ordered",
                        C("", fill=AMBER),
                        "41 knives handed in",
                        C("", fill=GREEN),
                    ],
                    [
                        "SV2",
                        "Teach conflict resolution in Year 8",
                        "Youth Service",
                        "Ongoing",
                        "Two schools",
                        C("", fill=PALE_GREEN),
                        "",
                        C(""),
                    ],
                    [
                        "SV3",
                        "Map where injured people are found",
                        "Health",
                        42825,
                        "No data yet",
                        C("", fill=RED),
                        "Still no data",
                        C("", fill=RED),
                    ],
                ],
                begins=(1, 2),
            ),
            "Hidden harm": Sheet(
                [
                    ["Safer Partnership delivery plan 2016/17"],
                    ["Priority lead: Head of Housing"],
                    [],
                    *headings,
                    [
                        "HH1",
                        "Train housing officers to notice abuse",
                        "Housing",
                        "Mar-17",
                        "20 trained",
                        C("", fill=DARK_GREEN),
                        "34 trained",
                        C("", fill=BLUE),
                    ],
                ],
                begins=(1, 2),
            ),
            "KPIs": [
                ["Objective", "Performance indicator", "Baseline", "Target", "Q1", "Q2"],
                ["Less violence", "Injuries", 120, 110, 31, 28],
            ],
            "Lists": Sheet([["Green"], ["Amber"]], state="hidden"),
        }
    )


@layout("Plan.csv")
def words_for_lights_and_a_key() -> bytes:
    """Semicolons, old Windows letters, a priority named once for its rows, status in words, and a key below."""
    return separated(
        [
            ["Community Safety Plan 2018/19", "", "", "", "", ""],
            ["Theme", "What we will do", "Who", "When", "How we’ll know", "Status"],
            [
                "Town centre",
                "Open a night hub on Fridays",
                "Council; Street Pastors",
                "May 2018",
                "Footfall",
                "On track",
            ],
            ["", "Licensing visits to 12 premises", "Licensing", "quarterly", "12 visits", "Slipping – staff sickness"],
            ["", "Fit CCTV in the bus station", "Council", "31/12/2018", "Installed", "Not achieved"],
            ["Rural crime", "Set up WhatsApp groups", "Police", "Ongoing", "Members", "Done"],
            ["", "Mark farm machinery", "Police", "TBC", "", "n/a"],
            ["Total", "5", "", "", "", ""],
            ["", "", "", "", "", ""],
            ["Key", "", "", "", "", ""],
            ["Green", "On track", "", "", "", ""],
            ["Amber", "Slipping", "", "", "", ""],
            ["Red", "Off course", "", "", "", ""],
            ["Blue", "Done", "", "", "", ""],
            ["Source: partners’ returns", "", "", "", "", ""],
        ],
        by=";",
        encoding="cp1252",
    )


@layout("asb plan.docx")
def progress_under_each_action() -> bytes:
    """Priorities and objectives in merged rows of two colours; under each action a merged row with its progress."""
    return word(
        "Anti-social behaviour plan 2011-12",
        [
            ["Ref", "Task", "Owner", "Deadline", "RAG rating"],
            [C("PRIORITY A – ANTI-SOCIAL BEHAVIOUR", across=5, fill="1F4E79")],
            [C("Fewer repeat callers", across=5, fill="DEEAF6")],
            ["A1", "Visit everyone who has called three times", "ASB team", "31.3.12", "G"],
            [C("Progress: 14 visited since April\nNext steps: agree who visits in August", across=5)],
            ["A2", "Offer mediation", "Housing", "30.9.11", "R"],
            [C("Progress: the mediator has left", across=5)],
            [C("Cleaner estates", across=5, fill="DEEAF6")],
            ["A3", "Remove graffiti within two days", "Street Scene", "on-going", "A – behind"],
            [C("Update: 3 days on average", across=5)],
            [C("PRIORITY B – DRUGS", across=5, fill="1F4E79")],
            [C("Lead: Public Health", across=5)],
            ["B1", "Needle bins in two parks", "Council", "Summer 11", "B"],
            [C("Key: R = will not be met; A = behind; G = on course; B = complete", across=5)],
        ],
        "Note: the plan is reviewed each quarter.",
    )


@layout("delivery_plan.txt")
def numbers_of_three_parts() -> bytes:
    """Priorities, objectives and actions in one column, told apart by their numbers only."""
    return separated(
        [
            ["Ref.", "Outcome / action", "Responsible officer", "Target date", "Latest position", "Traffic light"],
            ["1", "REDUCE BURGLARY", "", "", "", ""],
            ["1.1", "Homes are harder to enter", "", "", "", ""],
            ["1.1.1", "Fit 200 locks for pensioners", "J. Hale", "March 2014", "112 fitted", "GREEN"],
            ["1.1.2", "Write to every victim", "", "", "", ""],
            ["", "within a week", "C. Moor", "monthly", "All written to", "GREEN"],
            ["1.2", "Stolen goods are harder to sell", "", "", "", ""],
            ["1.2.1", "Visit second-hand shops", "PC Lowe", "23.2.14", "None visited", "RED"],
            ["2", "REDUCE VEHICLE CRIME", "", "", "", ""],
            ["2.1", "Fewer thefts from vans", "", "", "", ""],
            ["2.1.1", "Signs in car parks", "Parking", "30/02/2014", "", "AMBER"],
            ["", "", "", "", "", ""],
            ["Page 2 of 2", "", "", "", "", ""],
        ],
        by="\t",
    )


@layout("Monitoring.xlsx")
def sheet_for_each_quarter() -> bytes:
    """The same plan once for each quarter: only the latest is the plan."""
    headings = ["No.", "Objective", "Action", "Update", "BRAG"]
    rows = [
        ["1", "Safer nights", "Taxi marshals on Saturdays"],
        ["2", "Safer nights", "Train door staff"],
        ["3", "Safer days", "Patrol the market"],
    ]
    news = {"Q1": ["Not begun", "Booked", "Weekly"], "Q2": ["Begun", "12 trained", "Weekly"]}
    lights = {"Q1": ["Red", "Amber", "Green"], "Q2": ["Amber", "Blue", "Green"]}
    return book(
        {
            quarter: [
                headings,
                *([*row, said, light] for row, said, light in zip(rows, news[quarter], lights[quarter], strict=True)),
            ]
            for quarter in ("Q1", "Q2")
        }
    )


@layout("partnership plan 2019-20.docx")
def table_for_each_priority() -> bytes:
    """A table under each heading, the last cut by a page without its headings, and the key in a sentence below."""
    headings = ["Objective", "Actions", "Measure of success", "Lead and partners", "Timescale", "Progress", "RAG"]
    return word(
        "Anytown Community Safety Partnership",
        "Our year",
        "Priority 1: Violence against women and girls",
        [
            headings,
            [
                "Safe streets",
                "Survey where women feel unsafe",
                "200 replies",
                "Council",
                "by June 2019",
                "213 replies",
                "G",
            ],
            ["", "Light the canal path", "Lamps lit", "Council", "Autumn", "Contractor", ""],
            ["", "", "", "", "", "went bust", "R"],
        ],
        "Priority 2: Exploitation",
        [
            headings,
            ["Spot it early", "Train hotels", "10 hotels", "Police", "2019/20", "4 so far", "A"],
        ],
        [["Help victims out", "Open a safe room", "Room open", "Charity", "1 Apr 2020", "Lease signed", "g"]],
        "Key: R = off target, A = some risk, G = on target",
    )


@layout("ticked.xlsx")
def a_column_to_tick_for_each_colour() -> bytes:
    """A column for red, amber and green each; a priority merged down; dates that lost their format; a total."""
    return book(
        {
            "Action Plan": [
                [C("DRAFT – Community Safety Action Plan 2017/18", across=9)],
                [
                    C("Priority", down=2),
                    C("Aim", down=2),
                    C("Task", down=2),
                    C("Responsible", down=2),
                    C("Start", down=2),
                    C("End", down=2),
                    C("Cost", down=2),
                    C("Status", across=3),
                ],
                [None, None, None, None, None, None, None, "R", "A", "G"],
                [
                    C("1 Prevent", down=3),
                    C("Fewer young offenders", down=2),
                    "Football on Fridays",
                    "Youth Service",
                    42826,
                    43190,
                    1200,
                    "",
                    "",
                    "x",
                ],
                [None, None, "Mentors for 10 pupils", "School", 42917, 43100, 3000, "x", "", ""],
                [None, "Safer homes", "Smoke alarms", "Fire Service", 43190, 42826, 0, "", "✓", ""],
                [C("2 Protect", down=1), "Safer homes", "Lock fitting", "Police", "", "Rolling", 500, "", "", ""],
                ["Total", "", "", "", "", "", 4700, "", "", ""],
            ]
        }
    )


@layout("new plan.csv")
def nothing_reported_yet() -> bytes:
    """Status first and blank as yet; each number for several actions; a wish on two lines."""
    return separated(
        [
            ["RAG", "No", "Lead agency", "Key actions", "We want to…", "Deadline", "Comments"],
            ["", "1", "Police", "Open a front counter", "Be seen", "1/9/2021", ""],
            ["", "", "Council", "Wardens in every ward", "", "1/12/2021", ""],
            ["", "", "Fire Service", "Visit 500 homes", "", "1/3/2022", "Subject to funding"],
            ["Not started", "2", "Probation", "Unpaid work on\nfootpaths\nverges", "Give back", "Mar-22", ""],
            ["", "", "Council", "Publish what was done", "", "31/04/2022", ""],
        ]
    )


@layout("performance.docx")
def a_key_that_means_something_else_by_blue() -> bytes:
    """A table with the key first, where blue is not "complete"; a second table of attendance that is no plan."""
    return word(
        "Safer Stronger plan 2013/14",
        [
            ["Colour", "Meaning"],
            [C("", fill=BLUE), "On target within tolerance"],
            [C("Green"), "Above target"],
            [C("Red"), "Behind"],
            [C("Purple"), "Not resourced"],
        ],
        [
            ["Name", "Organisation"],
            ["A. Reed", "Council"],
        ],
        [
            ["Priority", "Objective", "Activity", "Partners", "Status"],
            ["1. Alcohol", "1.1 Fewer drunk teenagers", "Test purchases", "Trading Standards", "Blue"],
            ["1. Alcohol", "1.1 Fewer drunk teenagers", "Parents’ evenings", "Schools", "Green"],
            ["1. Alcohol", "1.2 Calmer weekends", "Street pastors", "Churches", "Purple"],
            ["2. Fear", "2.1 People feel safe", "Newsletter", "Council", "Behind"],
            ["1. Alcohol", "1.3 Help for drinkers", "Clinic", "Health", "Red"],
        ],
    )


@layout("Action plans.xlsx")
def several_years_in_one_workbook() -> bytes:
    """Last year's plan is still in the file: this year's is read."""
    headings = ["Aim", "Action", "Officer", "Due", "Progress to date", "Colour"]
    return book(
        {
            "2014-15": [headings, ["Listen", "Hold a surgery", "AB", "May 2014", "Held", "Green"]],
            "2015-16": [
                headings,
                ["LISTENING", "", "", "", "", ""],
                ["Listen", "Hold two surgeries", "AB", "May 2015", "One held", "Amber"],
                ["", "Answer every letter", "CD", "Ongoing", "Answered", "Green"],
                ["REPORTING", "", "", "", "", ""],
                ["Tell", "Publish a newsletter", "CD", "12/25/2015", "", ""],
            ],
        }
    )


@layout("pages.tsv")
def cut_by_pages() -> bytes:
    """A plan printed to pages and typed off: headings again, "continued", dashes, and rows cut in two."""
    headings = ["No", "Objective", "Key task", "Who", "Outcome to date", "Work outstanding", "Status"]
    return separated(
        [
            headings,
            ["1.", "CORE GROUP", "LESS CRIME", "", "", "", ""],
            ["1.1", "Fewer burglaries", "Patrol the estate each", "Police", "Burglary fell by", "", "Green"],
            ["", "", "evening", "", "a third.", "", ""],
            headings,
            ["1.1 (cont’d)", "Fewer burglaries (cont’d)", "", "", "Residents thanked us.", "", ""],
            ["1.2", "Fewer thefts", "Mark bicycles", "Police", "", "AMBER", ""],
            ["", "", "Lock-up for bicycles", "Council", "Not bought", "Find money", "Red c/f"],
            ["----", "----", "----", "----", "----", "----", "----"],
            ["2.", "DRUGS GROUP", "LESS HARM", "", "", "", ""],
            ["2.1", "Treatment works", "Open a clinic", "Health", "Opened", "", "Complete"],
            ["2.3", "See 3.3.1", "Share data", "All", "NYA", "TBC", "-"],
        ],
        by="\t",
        encoding="utf-16",
    )


@layout("Forms.docx")
def a_form_for_each_action() -> bytes:
    """A small table for each action, its headings down the left side."""
    return word(
        "Resilience plan 2022/23",
        [
            [C("Form 1", across=2)],
            ["Priority:", "Modern slavery"],
            ["Action:", "Visit car washes"],
            ["Lead officer:", "Sgt Field"],
            ["By when:", "30 September 2022"],
            ["Progress:", "Six visited"],
            ["", "Two referred"],
            ["RAG:", "Amber"],
        ],
        [
            ["Priority", "Modern slavery"],
            ["Action", "Train taxi drivers"],
            ["Lead officer", "Licensing"],
            ["By when", "March"],
            ["Progress", ""],
            ["RAG", "To be decided"],
        ],
    )


@layout("colours.xlsx")
def colours_behind_the_numbers() -> bytes:
    """No column for lights: the numbers are coloured instead, and the key stands beside the table."""
    return book(
        {
            "2020-21": [
                ["No", "What are we going to do?", "Who?", "By when?", "Progress", "", "Key"],
                [
                    C(1, fill=GREEN),
                    "Street drinking order",
                    "Council",
                    "Dec 2020",
                    "Signed",
                    "",
                    C("On plan", fill=GREEN),
                ],
                [
                    C(2, fill=RED),
                    "Drug litter survey",
                    "Charity",
                    "Q2 2020/21",
                    "No volunteers",
                    "",
                    C("Stuck", fill=RED),
                ],
                [C("3", fill=AMBER), "Needle exchange", "Health", "01/02/2021", "Lease", "", C("Slow", fill=AMBER)],
                ["4", "Leaflet", "All", "No date", "", "", ""],
            ]
        }
    )


@layout("stories.docx")
def stories_under_each_action() -> bytes:
    """Under each action a merged row tells how it goes, with nothing to say that it does."""
    return word(
        "Hate crime action plan 2012/13",
        [
            ["Objective", "Action", "Partner agencies", "Owner", "Target date", "Status"],
            ["Report it", "Open third-party centres", "Libraries", "CSO", "June 2012", "Achieved"],
            [C("Three centres are open. The fourth waits for training.", across=6)],
            ["", "Print cards in six languages", "", "CSO", "Sept 2012", "Not achieved"],
            [C("Translation cost more than was in the budget", across=6)],
            ["Talk about it", "Assemblies in schools", "Schools", "PCSO", "each term", "Ongoing"],
            [C("Five schools so far", across=6)],
        ],
    )


@layout("workstreams.csv")
def names_alone_over_their_rows() -> bytes:
    """Workstreams alone in their rows, unmerged, and no numbers at all."""
    return separated(
        [
            ["Action", "Responsible", "Timescale", "Success criteria", "Comments"],
            ["Reducing reoffending", "", "", "", ""],
            ["Meet prisoners at the gate", "Probation", "From May 2015", "10 met", "Started"],
            ["Find them a room", "Housing", "Ongoing", "8 housed", ""],
            ["Young people", "", "", "", ""],
            ["Summer football", "Youth Service", "July – August 2015", "40 play", "Pitch booked"],
            ["Mentors", "Charity", "31st March, annually", "12 pairs", "9 so far"],
            ["* figures are provisional", "", "", "", ""],
        ]
    )


@layout("Ashby workbook.xlsx")
def a_cover_a_plan_and_a_key_on_sheets() -> bytes:
    """A cover, a list of contacts and a key on sheets of their own; real dates, one of them before its start."""
    return book(
        {
            "Cover": [["Safer Ashby"], ["Action Plan 2023-24"], ["Version 3"]],
            "Action Plan": [
                ["Safer Ashby Action Plan 2023-24"],
                [],
                ["Theme", "Objective", "Action", "Lead", "Start", "Finish", "RAG", "Update"],
                [
                    C("Safer places", down=2),
                    "Calm evenings",
                    "Patrol the green",
                    "Constable Ash",
                    date(2023, 4, 1),
                    date(2024, 3, 31),
                    C("", fill=GREEN),
                    "Twice a week",
                ],
                [
                    None,
                    "Light in the dark",
                    "Mend the lamps",
                    "Cllr Elm",
                    date(2023, 6, 1),
                    date(2023, 5, 1),
                    C("Behind", fill=RED),
                    "No parts",
                ],
            ],
            "Contacts": [["Name", "Agency"], ["Ann", "Police"]],
            "RAG key": [["Key"], [C("", fill=GREEN), "On track"], [C("", fill=RED), "Behind"]],
        }
    )


@layout("capitals.csv")
def capitals_over_their_rows() -> bytes:
    """Themes in capitals behind an empty number, subtotals, and letters for lights in each quarter."""
    return separated(
        [
            ["Ref", "Action", "Lead", "Cost", "Q1", "Q2"],
            ["", "PREVENTION", "", "", "", ""],
            ["P1", "Talks in schools", "Police", "£100", "G", "A"],
            ["P2", "Leaflets", "Council", "£50", "R", ""],
            ["Sub-total", "", "", "£150", "", ""],
            ["", "ENFORCEMENT", "", "", "", ""],
            ["E1", "Warrants", "Police", "£0", "G", "G"],
            ["", "Injunctions", "Council", "£90", "A", "R"],
        ]
    )


@layout("outcomes.docx")
def objectives_in_rows_of_their_own() -> bytes:
    """Objectives stand alone above their actions in the column of objectives; numbers have no heading."""
    return word(
        "Partnership delivery plan 2010/11",
        [
            ["", "Objective", "Actions", "Agency", "By when", "Status"],
            ["1", "Reduce harm", "", "", "", ""],
            ["1.1", "", "Train bar staff", "Licensing", "Dec 2010", "Green"],
            ["1.2", "", "Teach first aid", "St John", "by Easter", "Yellow"],
            ["2", "Reduce crime", "", "", "", ""],
            ["2.1", "", "Lock sheds", "Police", "23/2/11", "green (c/f)"],
        ],
    )


@layout("Ashmere action plan.docx")
def pages_that_name_their_priority_again() -> bytes:
    """A table on each page, headed "Priority 1: … (continued)"; the page end has cut an action, the key stands last."""
    headings = ["Ref", "Objective", "Action", "Lead", "Target date", "Progress", "RAG"]
    return word(
        "Appendix B",
        "Safer Ashmere: what we will do in 2023/24",
        "Priority 1: Anti-social behaviour",
        [
            headings,
            [
                "1.1",
                "Fewer repeat callers",
                "Look each week at the ten who call most and",
                "ASB Manager",
                "31/03/24",
                "Meets on Mondays; eight callers",
                C("", fill=GREEN),
            ],
        ],
        "Priority 1: Anti-social behaviour (continued)",
        [
            headings,
            ["", "", "agree who helps each", "", "", "have stopped", ""],
            ["1.2", "", "Sign the procedure for reviews", "Legal", "30/06/23", "Signed 12 June", C("", fill=BLUE)],
            ["1.3", "Young people have things to do", "Pay for youth work", "Youth", "31/03/24", "", C("", fill=AMBER)],
        ],
        "Priority 2: Domestic abuse",
        [
            headings,
            ["2.1", "Victims are safe", "Buy 40 locks", "Housing", "31/12/23", "40 bought", C("", fill=GREEN)],
            ["2.2", "", "Network of champions", "Coordinator", "Ongoing", "22 champions", C("", fill=GREEN)],
        ],
        "RAG: Red – not achieved; Amber – partly achieved; Green – on track; Blue – complete",
    )


@layout("Denewood plan.docx")
def lights_before_the_words() -> bytes:
    """Some lights stand before the comment, "Green - four held", and their own column is blank."""
    return word(
        "Denewood CSP Plan 2019/20",
        [
            ["No", "Outcome", "Action", "Owner", "Milestone", "RAG", "Comment"],
            ["1", "Communities feel safe", "Hold six drop-ins", "NHT", "Three by May", "", "Green - four held"],
            ["2", "", "Graffiti hotline", "Street Scene", "Live by June", "Amber", "Green paint ordered"],
            ["3", "", "Dog fouling patrols", "Wardens", "Weekly", "", "Amber: two wardens short"],
            ["4", "Offenders are managed", "Review the cohort", "Probation", "Monthly", "Green", "Red tape cut"],
            ["5", "", "Offer restorative justice", "Police", "20 by March 2020", "", "RED"],
        ],
    )


@layout("Greyfields.xlsx")
def updates_named_by_month() -> bytes:
    """Rows merged under each action say when they were written: "Update July 2020: …"."""

    def update(words: str) -> list[Any]:
        return ["", C(words, across=4)]

    return workbook(
        Sheet1=[
            ["Greyfields CSP Action Plan 2020/21"],
            [],
            ["Ref", "Action", "Lead", "Deadline", "BRAG"],
            ["1", "Review alley gates", "Council", date(2020, 9, 30), "Green"],
            update("Update July 2020: 14 of 20 reviewed"),
            update("Update Oct 2020: all reviewed"),
            ["2", "Awareness day", "YOS", date(2020, 11, 1), "Red"],
            update("Update July 2020: postponed"),
            ["3", "Reporting centre at the library", "Libraries", "end Dec 2020", "Amber"],
            update("Update: staff named"),
        ]
    )


@layout("Harbourside delivery plan.docx")
def milestones_with_a_light_each() -> bytes:
    """An action merged down over its milestones, which have dates and lights of their own."""
    return word(
        "Harbourside Delivery Plan 2024/25",
        [
            ["Strategic priority", "Action", "Milestones", "Milestone date", "Lead", "RAG"],
            [
                C("Reduce serious violence", down=5),
                C("Patrol hotspots", down=3),
                "Hotspots agreed",
                "May 2024",
                C("Police", down=3),
                "Blue",
            ],
            [None, None, "Patrols begin", "June 2024", None, "Amber"],
            [None, None, "First evaluation", "March 2025", None, "Green"],
            [None, C("Navigator in A&E", down=2), "Post paid for", "April 2024", C("NHS", down=2), "Blue"],
            [None, None, "Post filled", "July 2024", None, "Not started"],
            ["Fight fraud", "Talks on scams", "Ten talks held", "Dec 2024", "Trading Standards", "Green"],
        ],
    )


@layout("Tracker export.csv")
def money_and_two_leads() -> bytes:
    """Semicolons, money spent to date, a lead for the priority beside the owner of the action, a dash for nothing."""
    return separated(
        [
            ["Community Safety Action Plan 2021/22", "", "", "", "", "", "", "", ""],
            ["Aim", "Priority lead", "No.", "Task", "Owner", "Budget", "Spend to date", "Progress", "RAG"],
            ["Less fear", "D. Hunt", "1", "Light Mill Lane; two columns", "J. Farrow", "£12,500", "£4,000", "-", "A"],
            ["", "", "1 Cont/d", "and Ford Lane", "", "", "", "Surveyed", ""],
            ["Less harm", "P. Imran", "2", "Needle bins in parks", "Parks", "£2,300", "£2,300", "All in", "G"],
            ["", "", "3", "Drug litter line", "Contact Centre", "nil", "", "", "n/a"],
            ["Total", "", "", "", "", "£14,800", "£6,300", "", ""],
        ],
        by=";",
        encoding="cp1252",
    )


@layout("Milton action tracker.xlsx")
def finished_actions_on_a_sheet_of_their_own() -> bytes:
    """The priority in a column, in no order; what is done stands on a second sheet, which has no lights."""
    live = ["Action ref", "Date raised", "Priority", "Action", "Owner", "Target date", "RAG", "Update"]
    done = [*live[:6], "Date completed", "Update"]
    raised = date(2023, 4, 4)
    return book(
        {
            "Live actions": [
                ["Milton CSP action tracker 23/24"],
                live,
                ["12", raised, "ASB", "Consult on the order", "Legal", date(2023, 9, 30), "A ▲", "Drafting"],
                ["13", raised, "VAWG", "Ask for Angela", "Licensing", date(2023, 12, 1), "Green", "20 venues"],
                ["14", raised, "ASB", "Mediation contract", "Housing", date(2024, 3, 31), "Red", "No bids"],
            ],
            "Completed actions": [
                done,
                ["3", raised, "ASB", "Leaflet", "Comms", date(2023, 6, 1), date(2023, 5, 28), "Printed"],
                ["7", raised, "VAWG", "Pledge", "Council", date(2023, 11, 25), date(2023, 11, 20), "Signed"],
            ],
        }
    )


@layout("Local Action Plan.docx")
def leads_in_the_rows_of_priorities() -> bytes:
    """Who leads stands in the merged rows of priorities; there are words and lights for each of two quarters."""
    return word(
        "Local Action Plan 2012-13",
        [
            ["No.", "Action", "Agency", "Target", "Quarter 1", "Quarter 2", "RAG Q1", "RAG Q2"],
            [C("A. Reduce re-offending – Lead: Probation (J. Lark)", across=8)],
            ["A1", "Meet released prisoners", "Probation", "90%", "85%", "92%", C("●", fill=AMBER), C("●", fill=GREEN)],
            ["A2", "Homes for those released", "Housing", "20 units", "4", "", "Red", ""],
            [C("B. Hate crime (Lead: Council)", across=8)],
            ["B1", "Reporting centres", "Council", "6", "2", "2", "Green", "Green"],
        ],
    )
