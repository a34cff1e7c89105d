"""The people and bodies of the demonstration."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password

from csp_tracker.models import Agency, Partnership, User
from csp_tracker.services import add_agency, add_member
from csp_tracker.writing import store

#: Everybody in the demonstration signs in with it; it is printed by the command and works only where DEBUG is on.
PASSWORD = "four lamps on the mere"  # noqa: S105


@dataclass(frozen=True)
class Cast:
    """A partnership with its agencies and people, by the keys that the fixtures call them by."""

    partnership: Partnership
    agencies: dict[str, Agency]
    people: dict[str, User]

    def person_of(self, agency: str) -> User:
        """An officer of the agency: who reports where nobody leads."""
        members = self.partnership.memberships.filter(agency=self.agencies[agency], role="officer")
        return self.people[next(key for key, user in self.people.items() if user.pk == members[0].user_id)]


def make_people(data: dict[str, Any]) -> dict[str, User]:
    """Everybody, with one password that is hashed once; the administrator first, in whose name the others come."""
    password = make_password(PASSWORD)
    people: dict[str, User] = {}
    for one in data["people"]:
        user = User.objects.filter(email=one["email"]).first()
        if user is None:
            user = User(email=one["email"], name=one["name"], password=password)
            user._history_user = people.get("administrator", user)  # type: ignore[attr-defined]
            user.full_clean()
            user.save()
        people[one["key"]] = user
    return people


def make_partnership(data: dict[str, Any], people: dict[str, User]) -> Cast:
    """The made-up partnership with its agencies and members."""
    by = people["administrator"]
    partnership = Partnership(**data["partnership"])
    store(partnership, by=by)
    agencies = {
        one["key"]: add_agency(
            partnership=partnership, name=one["name"], short_name=one["short_name"], kind=one["kind"], by=by
        )
        for one in data["agencies"]
    }
    for one in data["people"]:
        add_member(
            partnership=partnership,
            email=one["email"],
            name=one["name"],
            agency=agencies[one["agency"]],
            role=one["role"],
            is_administrator=one["is_administrator"],
            job_title=one["job_title"],
            by=by,
        )
    # Read anew: a person's memberships are remembered from their first use.
    fresh = User.objects.in_bulk([user.pk for user in people.values()])
    return Cast(partnership, agencies, {key: fresh[user.pk] for key, user in people.items()})
