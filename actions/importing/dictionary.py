"""The words that plans use in their headings, and what a column under each of them holds.

Every pattern is matched against the heading in small letters without marks, and says from 1 to 10 how sure it makes us.
"""

import re
from enum import StrEnum
from functools import lru_cache

from csp_tracker.text import one_line


class Meaning(StrEnum):
    """What a column of a plan can hold."""

    NUMBER = "number"
    PRIORITY = "priority"
    OBJECTIVE = "objective"
    ACTION = "action"
    EXPECTED_OUTCOME = "expected_outcome"
    INDICATOR = "indicator"
    BASELINE = "baseline"
    TARGET = "target"
    PROGRESS = "progress"
    WORK_NEEDED = "work_needed"
    RAG = "rag"
    TIMESCALE = "timescale"
    STARTS = "starts"
    LEAD = "lead"
    SUPPORTING = "supporting"
    RESOURCES = "resources"
    COMMENT = "comment"
    UNKNOWN = ""


MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# A date of what has been is not when an action is due.
PAST = (
    "raised|added|agreed|approved|adopted|created|logged|reported|opened|closed|completed|achieved|actual"
    "|updated?|reviewed"
)
# Who answers for a whole priority is not who leads an action, where another column says that.
OF_MORE = (
    r"(?:priority|theme|objective|outcome|plan|board|strategic|executive|political|portfolio|cabinet|member) "
    r"(?:lead|owner|sponsor)s?\b"
)
# The highest of all that match counts.
WORDS: dict[Meaning, tuple[tuple[str, int], ...]] = {
    Meaning.NUMBER: (
        (r"^(no|nr|number|ref|reference|id|item|code|s n|sr no|#)( (no|nr|number|code))?$", 9),
        (
            r"^(action|objective|task|target|item|plan|csp|project|line|unique) (no|nr|number|ref|reference|id)( no)?$",
            9,
        ),
    ),
    Meaning.PRIORITY: (
        (
            r"^(strategic |key |csp |partnership |local |our |main )*"
            r"(priority|priorities|themes?|aims?|work ?streams?|pillars?|strands?)( areas?| theme| no)?$",
            9,
        ),
        (r"\bpriority\b|\btheme\b", 5),
    ),
    Meaning.OBJECTIVE: (
        (r"^(strategic |smart |key |our )*(objectives?|improvement outcomes?|outcomes? sought|goals?)$", 9),
        (
            r"\bwhat (do |are )?we (are )?(want|wish|need|hope|aim|aiming|trying) to (achieve|see|change)\b",
            9,
        ),
        (r"^recommendations?( no)?$", 8),
        (r"^(strategic )?aims?$|^(what )?we want( to)?$", 7),
        (r"\bobjectives?\b|\bimprovement outcomes?\b", 6),
        (r"^outcomes?$", 5),
        (r"\baims?\b", 5),
        (r"^(issues?|problems?|needs?)( identified| to be addressed)?$", 4),
        (r"\boutcomes?\b|\bgoals?\b", 3),
    ),
    Meaning.ACTION: (
        (
            r"^(key |our |planned |proposed |agreed )*(actions?|tasks?|activity|activities|projects?)"
            r"( required| to take)?$",
            9,
        ),
        (r"^actions?\b|\bwhat (we )?(will|are) (we )?(going to )?(do|be done|doing)\b", 7),
        (
            r"\bhow (are )?(we )?(will )?(we )?(going to )?(do|achieve|deliver|get there)\b"
            r"|\bwhat needs to (be done|happen)\b",
            7,
        ),
        (
            r"^(what|how|interventions?|deliverables?|commitments?|initiatives?)$"
            r"|^what (will|is to) be (done|delivered)$",
            6,
        ),
        (r"\bactions?\b|\btasks?\b|\bactivit", 5),
        (r"^(description|details?)( of (action|work))?$", 4),
        (r"^recommendations?$|\b(deliverables?|interventions?|initiatives?|steps)\b", 4),
    ),
    Meaning.EXPECTED_OUTCOME: (
        (r"\b(expected|intended|desired|planned|anticipated) (outcomes?|results?|impacts?|benefits?|outputs?)$", 9),
        (r"^what (difference|impact)\b", 7),
        (r"^(outputs?|impacts?|milestones?|benefits?|key milestones?)$", 6),
        (r"^outcomes?$", 4),
    ),
    Meaning.INDICATOR: (
        (r"\b(performance (indicators?|measures?)|kpis?|indicators?|outcome measures?)\b", 9),
        (
            r"\bmeasures?\b|\bhow (we )?(will|ll|do) (we )?(know|measure)\b"
            r"|\b(success|evaluation) (criteria|factors?)\b",
            7,
        ),
        (r"\bmeasured by\b|\bwhat (will|does) (success|good|it) look like\b|^(evidence|evidenced by|success|pis?)$", 7),
    ),
    Meaning.BASELINE: ((r"\bbaseline\b|\bstarting (point|position)\b", 9),),
    Meaning.TARGET: ((r"^(annual |year end )?targets?( (for )?\d{2,4}.*)?$", 9), (r"\btargets?\b", 4)),
    Meaning.PROGRESS: (
        (r"\bprogress\b", 9),
        (r"^(?!.*\b(?:spen[dt]|costs?|budget|expenditure|paid)\b).*\bto date\b", 8),
        (r"\bupdates?\b|^(current |latest )?(position|situation|achievements?)\b|\b(commentary|narrative)\b", 7),
        (r"\bwhat (has been|have we|we have|was|did we) (done|achieved?|do)\b", 7),
        (r"\bmilestones? achieved\b|\b(done|achieved) so far\b", 7),
        (rf"^(q(uarter|tr)? ?[1-4])\b|^({MONTHS})[a-z]* (to )?({MONTHS})[a-z]*( \d+)?$", 6),
        (r"^(actual )?(results?|outturns?)$", 5),
    ),
    Meaning.WORK_NEEDED: (
        (r"\bwork (needed|required|outstanding|to be done)\b|\bnext steps?\b|\bfurther (work|action)|\bremedial\b", 10),
        (
            r"\b(outstanding|remaining|future|corrective) (work|actions?|tasks?|activity)\b"
            r"|\b(still|left) to (be done|do)\b",
            10,
        ),
        (r"^outstanding$|\bplanned (work |activity )?(for )?(the )?next\b", 8),
    ),
    Meaning.RAG: (
        (r"\btraffic lights?\b|^b?rag[bsy]?$|\bb?rag[bsy]? (status|rating|score)\b|^(b )?r a g( [by])?$", 10),
        (r"^(current |overall |delivery |performance )?(status|rating)$", 8),
        (r"^colou?r( code| coding| rating| status)?$", 7),
        (r"\bb?rag\b", 6),
        (r"\bstatus\b|\brating\b", 5),
    ),
    Meaning.TIMESCALE: (
        (
            r"\btime ?(scale|frame|table|line)s?\b|\bwhen\b|\bdeadlines?\b"
            r"|\b(target|due|(?<!actual )completion|end|delivery|finish) (completion )?dates?\b"
            r"|^(target|planned|expected|estimated|forecast) completion$",
            9,
        ),
        (r"^(due|due by|timing|timings|completion|complete by|to be completed by|finish|end|by)$", 8),
        (rf"^(?!.*\b(?:{PAST})\b)(?!.*\b(?<=to )date\b).*\bdates?\b", 4),
    ),
    Meaning.STARTS: (
        (
            r"\b(start|commencement) dates?\b|^(starts?|commences?|from)$"
            r"|^(time ?(scale|frame|line|table)s?|timings?|when|dates?|planned|actual) (starts?|from|begins?)$",
            10,
        ),
    ),
    Meaning.LEAD: (
        (
            rf"^(?!{OF_MORE}).*(\blead\b|\bowners?\b|\bresponsib|\bwho\b|\bby whom\b|\b(led|delivered|owned) by\b"
            r"|\baccountab)",
            9,
        ),
        (rf"^{OF_MORE}", 6),
        (r"^(named |contact |delivery )?(agency|agencies|officers?|organisations?|contact|person|assigned to)$", 6),
    ),
    Meaning.SUPPORTING: (
        (r"\bpartners?\b|\bsupport(ing|ed by)?\b|\bother agencies\b|\bwith whom\b", 8),
        (r"\b(involved|contributors?|stakeholders?)\b", 6),
    ),
    Meaning.RESOURCES: (
        (r"\bresources?\b|\bfunding\b|\bcosts?\b|\bbudget\b", 8),
        (r"^(finance|inputs?)$|\b(spen[dt]|expenditure)\b", 6),
    ),
    Meaning.COMMENT: (
        (r"\bcomments?\b|\bnotes?\b|\bremarks?\b", 6),
        (r"\b(risks?|barriers?|dependencies)\b", 5),
    ),
}
COMPILED = {meaning: [(re.compile(pattern), sure) for pattern, sure in pairs] for meaning, pairs in WORDS.items()}


def plain_heading(heading: str) -> str:
    """The heading in small letters, without marks."""
    return one_line(re.sub(r"[^a-z0-9#]+", " ", heading.lower()))


@lru_cache(maxsize=2_000)
def claims_of(heading: str) -> dict[Meaning, int]:
    """What a column with that heading may hold, with how sure we are of each."""
    text = plain_heading(heading)
    sure = {
        meaning: max((points for pattern, points in patterns if pattern.search(text)), default=0)
        for meaning, patterns in COMPILED.items()
    }
    return {meaning: points for meaning, points in sure.items() if points}
