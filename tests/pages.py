"""Every address of the resolver, and what pages.csv says of each: who gets which answer.

A line of pages.csv is about one page at one kind of thing. `name` is that of the URL pattern, or its route where it has
none; a `*` in it stands for many, where no line names one exactly. `at` names the thing the address is about (see
`World.address`), `-` for none, `anybody` for what belongs to no partnership, `row` for the model's own in admin.
`method` says how the page is used: `page` is only read, `form` is shown and posted, `button` is only posted; `admin`
and `admin page` are admin's, where only the first may write. Then comes the status each actor is answered who uses it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import builders as make
from tests.world import ACTORS, World

NO_SUCH = {
    "pk": 999_999_999,
    "baseline_pk": 999_999_999,
    "evidence_pk": 999_999_999,
    "milestone_pk": 999_999_999,
    "slug": "nowhere",
    "number": 999_999_999,
    "kind": "nonsense",
    "code": "soon",
    "extension": "exe",
    "object_id": "999999999",
}
#: What a query string's part is the name of.
QUERIES = {"objective": "pk", "period": "code"}
#: Larger than any database's whole numbers.
TOO_LARGE = dict.fromkeys(("pk", "number", "baseline_pk", "milestone_pk", "evidence_pk"), 2**70) | {
    "object_id": str(2**70)
}

#: The parts of addresses that are about nobody's thing.
OF_ANYBODY: dict[str, dict[str, Any]] = {
    "invitation": {"token": "nonsense"},
    "import_reading": {"token": "00000000-0000-4000-8000-000000000000"},
    "account_confirm_email": {"key": "nonsense"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "nonsense"},
    "admin:app_list": {"app_label": "csp_tracker"},
}


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name and the parts that vary."""

    name: str
    route: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One line of pages.csv, for one address."""

    address: Address
    at: str
    method: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return self.address.name if self.at in ("-", "row") else f"{self.address.name} of {self.at}"

    @property
    def is_about_a_thing(self) -> bool:
        """Whether another partnership has one of its own."""
        return self.at not in ("-", "anybody")

    @property
    def only_reads(self) -> bool:
        """Whether nobody can change anything by it."""
        return self.method in ("page", "admin page")

    @property
    def is_of_admin(self) -> bool:
        """Whether it is one of Django admin's pages, which send away who has no right or asks for what is not there."""
        return self.method.startswith("admin")

    @property
    def query(self) -> str:
        """What the query string has to say, if it has to say anything."""
        return self.at.partition("?")[2]

    @property
    def keys(self) -> tuple[str, ...]:
        """The parts of its address that vary, a query string's `pk` among them."""
        return (*self.address.keys, *((QUERIES[self.query],) if self.query else ()))

    def url(self, world: World, **instead: Any) -> str:
        """The page's address in a partnership; `instead` exchanges parts of it."""
        if "/" in self.address.name:
            return f"/{self.address.name}"
        parts = self._parts(self.at.partition("?")[0], world) | instead
        path = reverse(self.address.name, kwargs={key: parts[key] for key in self.address.keys})
        return f"{path}?{self.query}={parts[QUERIES[self.query]]}" if self.query else path

    def _parts(self, at: str, world: World) -> dict[str, Any]:
        if at == "-":
            return {"extension": "xlsx", "quarter": make.QUARTER}
        if at == "anybody":
            return OF_ANYBODY[self.address.name]
        if at == "row":
            row = world.rows.get(self.model)
            return {"object_id": str(row.pk) if row is not None else "0"}
        return world.address(at)

    @property
    def model(self) -> type[models.Model]:
        """The model an admin page is about."""
        route = self.address.route.split("/")  # admin/<app>/<model>/…
        return apps.get_model(route[1], route[2])


@cache
def addresses() -> tuple[Address, ...]:
    """Every pattern of the project, allauth and admin."""
    return tuple(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, space: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            keys = (*pattern.pattern.regex.groupindex,)
            yield Address(f"{space}{pattern.name}" if pattern.name else here, here, keys)
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, here, inner)


@cache
def lines() -> tuple[dict[str, str], ...]:
    """The lines of pages.csv."""
    with (Path(__file__).parent / "pages.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def pages() -> tuple[Page, ...]:
    """Every page of every address: the lines that name it, else those whose pattern it fits."""
    return tuple(page for address in addresses() for page in _pages_of(address))


def _pages_of(address: Address) -> list[Page]:
    found = [line for line in lines() if line["name"] == address.name]
    if not found:
        found = [line for line in lines() if "*" in line["name"] and fnmatchcase(address.name, line["name"])][:1]
    return [Page(address, line["at"], line["method"], {actor: int(line[actor]) for actor in ACTORS}) for line in found]
