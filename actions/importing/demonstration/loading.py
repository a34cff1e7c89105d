"""Loads the demonstration, part by part; a part that is there already is left alone."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from actions.importing.accepting import accept_figures
from actions.importing.commit import Outcome, SourceFile, commit_plan
from actions.importing.demonstration.calendar import MEASURED, Calendar
from actions.importing.demonstration.measures import Measures
from actions.importing.demonstration.past import Past
from actions.importing.demonstration.people import PASSWORD, make_partnership, make_people
from actions.importing.demonstration.planning import make_plan
from actions.importing.demonstration.police import count_crimes_of
from actions.importing.demonstration.story import MEASURED_AFTER, Story
from actions.importing.tree import OfferKind, PlanTree
from csp_tracker.models import Partnership, User
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from csp_tracker.services import add_agency, add_member
from csp_tracker.writing import bytes_or_nothing, store

MALDON = {"name": "Maldon Community Safety Partnership", "slug": "maldon"}


@dataclass(frozen=True)
class SignIn:
    """How one person of the demonstration comes in."""

    name: str
    email: str
    password: str
    role: str
    agency: str
    partnerships: str


def load_demonstration(*, today: date) -> list[str]:
    """Load what is not there yet, as seen on `today`; a sentence for each part that was loaded."""
    said = []
    with bytes_or_nothing(), transaction.atomic():
        people = make_people(_read("demonstration/people.json"))
        if not Partnership.objects.filter(slug=_read("demonstration/people.json")["partnership"]["slug"]).exists():
            said.append(_load_northmere(people, Calendar(today)))
    with transaction.atomic():
        if not Partnership.objects.filter(slug=MALDON["slug"]).exists():
            said.append(_load_maldon(people, Calendar(today)))
    return said


def sign_ins() -> list[SignIn]:
    """Everybody with their password and what they are."""
    data = _read("demonstration/people.json")
    agencies = {one["key"]: one["short_name"] or one["name"] for one in data["agencies"]}
    return [
        SignIn(
            name=one["name"],
            email=one["email"],
            password=PASSWORD,
            role="administrator" if one["is_administrator"] else one["role"],
            agency=agencies[one["agency"]],
            partnerships="Northmere, Maldon" if one["key"] in ("manager", "administrator") else "Northmere",
        )
        for one in data["people"]
    ]


def _load_northmere(people: dict[str, User], calendar: Calendar) -> str:
    past = Past()
    cast = make_partnership(_read("demonstration/people.json"), people)
    measures = Measures(_read("demonstration/indicators.json"), cast, calendar)
    data = _read("demonstration/plan.json")
    plan, told = make_plan(data, cast, measures, calendar)
    past.set_back(calendar.beginning())
    for offset in MEASURED:
        measures.measure(offset)
        past.set_back(calendar.after(calendar.quarter(offset), MEASURED_AFTER))
    story = Story(plan, told, cast, measures, calendar, past)
    story.play()
    story.talk(data)
    count_crimes_of(_read("demonstration/police.json"), plan, cast, calendar)
    past.set_back(calendar.now())
    return f"{cast.partnership}: “{plan}” with {len(told)} actions and {len(measures.indicators) + 1} KPIs."


def _load_maldon(people: dict[str, User], calendar: Calendar) -> str:
    by = people["administrator"]
    partnership = Partnership(**MALDON)
    store(partnership, by=by)
    council = add_agency(partnership=partnership, name="Maldon District Council", by=by)
    for key, role in (("administrator", Role.VIEWER), ("manager", Role.MANAGER)):
        add_member(
            partnership=partnership,
            email=people[key].email,
            name=people[key].name,
            agency=council,
            role=role,
            is_administrator=key == "administrator",
            by=by,
        )
    first = _import("maldon-csp-2009-10.json", partnership, calendar, by=by, quarter="2009-10-Q4")
    offered = PlanTree.from_json(first.file_import.tree).offers
    for offer in offered:
        if offer.kind is OfferKind.FIGURES:
            accept_figures(offer=offer, plan=first.plan, by=by)
    second = _import("maldon-csp-2015.json", partnership, calendar, by=by, title="Action plan 2015/16")
    return f"{partnership}: “{first.plan}” and “{second.plan}”, with the figures of 7.2 accepted."


def _import(
    name: str, partnership: Partnership, calendar: Calendar, *, by: User, quarter: str = "", title: str = ""
) -> Outcome:
    data = _fixture(name).read_bytes()
    return commit_plan(
        tree=PlanTree.from_json(json.loads(data)),
        file=SourceFile(name, data),
        partnership=partnership,
        quarter=Quarter.parse(quarter) if quarter else None,
        title=title,
        by=by,
        now=calendar.now(),
    )


def _fixture(name: str) -> Path:
    return settings.BASE_DIR / "fixtures" / name


def _read(name: str) -> dict[str, Any]:
    return json.loads(_fixture(name).read_text(encoding="utf-8"))
