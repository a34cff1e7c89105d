"""The goals, each a function that measures it. Bounds are in budgets.toml, words in docs/performance.md."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lxml.html
from django.contrib.staticfiles import finders
from django.db import connection
from django.templatetags.static import static
from django.urls import reverse

from actions.models import Action, Plan, ProgressUpdate
from csp_tracker.models import User
from tests.benchmarks import police, reading
from tests.benchmarks.data import LAST, LONG, OWN, PAPERS
from tests.benchmarks.floors import BareSave, BareWorkbook
from tests.benchmarks.measuring import in_turn, repeated
from tests.benchmarks.subjects import AdminPost, Browser, Call, Partnership, Save, UpdatePost, using, zipped

Measured = dict[str, float]

#: What is read of every signed-in person before the page itself begins.
SIGNING_IN = ("django_session", "csp_tracker_user", "csp_tracker_membership")


@dataclass
class Bench:
    """What the goals share: the partnerships of each database, and what was noted on the way."""

    url_of_papers: str
    notes: dict[str, list[str]] = field(default_factory=dict)
    table: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own, self.long = Partnership(OWN), Partnership(LONG)
        self.root = Browser(User.objects.create_superuser("root@bench.example", name="Root"))
        self.constant = self.own.manager.get(reverse("bench_constant"))
        with using("large"):
            self.own_among_many = Partnership(OWN)

    def note(self, goal: str, words: str) -> None:
        """Say more about a goal."""
        self.notes.setdefault(goal, []).append(words)

    def admin(self, model: str, *args: Any, query: str = "", page: str = "") -> Call:
        """A page of plain Django admin."""
        return self.root.get(admin_url(model, *args, page=page) + query)


def admin_url(model: str, *args: Any, page: str = "") -> str:
    """Its address."""
    return reverse(f"bench:actions_{model}_{page or ('change' if args else 'changelist')}", args=args)


def dashboard(bench: Bench) -> Measured:
    """G2: the dashboard against a page that only knows who is there."""
    page = bench.own.pages()["dashboard"]
    return {"ratio": in_turn(bench.constant, page).ratio, "queries": len(page.statements())}


def quarters(bench: Bench) -> Measured:
    """G3: every page of a partnership with 40 quarters of history against its twin with 8."""
    return _worst(bench, "G3", _compared(bench.own.pages(), bench.long.pages()))


def actions(bench: Bench) -> Measured:
    """G4: every page of a partnership among many against the same among few."""
    compared = {}
    few, many = bench.own.pages(), bench.own_among_many.pages()
    for name, page in few.items():
        compared |= _compared({name: page}, {name: _Elsewhere(many[name], "large")})
    return _worst(bench, "G4", compared)


@dataclass
class _Elsewhere:
    """A page called in another database."""

    call: Call
    database: str

    def __call__(self) -> Any:
        with using(self.database):
            return self.call()

    def statements(self) -> list[str]:
        with using(self.database):
            return self.call.statements()


def _compared(few: Mapping[str, Any], many: Mapping[str, Any]) -> dict[str, Measured]:
    found = {}
    for name, page in few.items():
        before, after = page.statements(), many[name].statements()
        found[name] = {
            "time": in_turn(page, many[name]).ratio,
            "bytes": len(many[name]().body) / len(page().body),
            "more queries": len(after) - len(before),
        }
    return found


def _worst(bench: Bench, goal: str, compared: Mapping[str, Measured]) -> Measured:
    worst: Measured = {}
    for measure in ("time", "bytes", "more queries"):
        name, of = max(compared.items(), key=lambda page: page[1][measure])
        worst[measure] = of[measure]
        bench.note(goal, f"worst {measure}: {name}")
    for name, of in compared.items():
        bench.note(goal, f"{name}: " + ", ".join(f"{measure} {value:.2f}" for measure, value in of.items()))
    return worst


def flat_list(bench: Bench) -> Measured:
    """G5: the list against fifty rows by one SELECT."""
    page, flat = bench.own.pages()["list"], bench.own.manager.get(reverse("bench_list", args=[bench.own.slug]))
    statements = page.statements()
    for shape, often in repeated(statements).items():
        bench.note("G5", f"{often} times: {shape[:300]}")
    return {
        "ratio": in_turn(flat, page).ratio,
        "queries": len(statements),
        "repeated": sum(repeated(statements).values()),
    }


def admin_list(bench: Bench) -> Measured:
    """G6: the list against the changelist of plain admin."""
    return {"ratio": in_turn(bench.admin("action"), bench.own.pages()["list"]).ratio}


def action_page(bench: Bench) -> Measured:
    """G7: the action's page against its change form in plain admin."""
    page = bench.own.pages()["action"]
    form = bench.admin("action", bench.own.spoken.pk)
    return {"ratio": in_turn(form, page).ratio, "queries": len(page.statements())}


def workbook(bench: Bench) -> Measured:
    """G8: the plan's file, made by the page that gives it, against the same cells written bare."""
    measured = {}
    with using("papers"):
        for name, shape in zip(("200 rows", "10,000 rows"), PAPERS, strict=True):
            here = Partnership(shape)
            paper = here.paper()
            bare = BareWorkbook(paper().body, here.plan.slug)
            pair = in_turn(bare, paper)
            measured[name] = pair.ratio
            floor, mine = pair.milliseconds
            per_second = shape.size / mine * 1000
            words = f"{name}: {bare.cells} cells, bare {floor:.0f} ms, ours {mine:.0f} ms, {per_second:.0f} rows/s"
            bench.note("G8", words)
            if name == "200 rows":
                prepared = in_turn(BareWorkbook(paper().body, here.plan.slug, prepared=True), paper)
                bench.note("G8", f"{name}: {prepared.ratio:.2f} against styles prepared past openpyxl's interface")
    return measured


def export(bench: Bench) -> Measured:
    """G9: statements of the export beyond signing in, and how its memory grows, each in a process of its own."""
    counts, peaks = [], []
    for shape in PAPERS:
        with using("papers"):
            statements = Partnership(shape).paper().statements()
        counts.append(sum(not _is_signing_in(sql) for sql in statements))
        command = [sys.executable, "-m", "tests.benchmarks.run", "--one-export", shape.slug]
        child = {**os.environ, "DATABASE_URL": bench.url_of_papers}
        told = subprocess.run(command, env=child, stdout=subprocess.PIPE, text=True, check=True)
        peaks.append(float(told.stdout.split()[-1]))
    bench.note("G9", f"peaks {peaks[0]:.0f} and {peaks[1]:.0f} MiB; {counts[0]} and {counts[1]} statements")
    return {"queries": max(counts), "more queries": counts[1] - counts[0], "growth MiB": peaks[1] - peaks[0]}


def _is_signing_in(sql: str) -> bool:
    return sql.split(' FROM "', 1)[-1].split('"')[0] in SIGNING_IN


def save(bench: Bench) -> Measured:
    """G10: the service that submits an update, with its history, against the two bare statements."""
    counted = ProgressUpdate.objects.filter(action__plan=bench.own.plan, quarter=LAST).select_related("action__plan")
    kept, written = counted.order_by("pk")[:2]
    floor, subject = BareSave(kept), Save(written)
    pair = in_turn(floor, subject, pairs=100)
    bench.note("G10", "bare {:.2f} ms, the service {:.2f} ms".format(*pair.milliseconds))
    return {"ratio": pair.ratio}


def post(bench: Bench) -> Measured:
    """G11: the whole POST of the update's form against admin's, and against more history."""
    mine, older = UpdatePost(bench.own), UpdatePost(bench.long)
    first = [len(one.prepared().statements()) for one in (mine, older)]  # the update is new
    again = [len(one.prepared().statements()) for one in (mine, older)]
    spoken = bench.own.spoken
    at = ProgressUpdate.objects.filter(action=spoken, quarter__gt=LAST).count()  # the newest stands first
    form = AdminPost(bench.root, admin_url("action", spoken.pk), f"updates-{at}-progress")
    single = spoken.updates.get(quarter=LAST)
    alone = AdminPost(bench.root, admin_url("progressupdate", single.pk), "progress")
    pair, other = in_turn(form, mine), in_turn(alone, mine)
    bench.note("G11", "admin {:.1f} ms, ours {:.1f} ms".format(*pair.milliseconds))
    bench.note("G11", f"admin asks {len(form.prepared().statements())} queries")
    bench.note("G11", f"against admin's form of one update alone: {other.ratio:.2f}")
    bench.note("G11", f"{first[0]} queries for a new update, {again[0]} for another version")
    more = max(first[1] - first[0], again[1] - again[0])
    return {"ratio": pair.ratio, "queries": max(first + again), "more queries": more}


def wire(bench: Bench) -> Measured:
    """G13: what travels when somebody opens a page for the first time: itself, its style, script and icon.

    A plan's own table is as long as the plan: it is told beside what its words alone would take, and bound by nothing.
    """
    sent, asked, html = {}, {}, {}
    for name, page in bench.own.pages().items():
        answer = Call(page.environ | {"HTTP_ACCEPT_ENCODING": "gzip"}, b"", 200)()
        found = _files(page().words, page)
        html[name], asked[name] = len(answer.body) / 1000, 1 + len(found)
        sent[name] = html[name] + sum(found.values()) / 1000
        bench.note("G13", f"{name}: {html[name]:.1f} kB of HTML, {sent[name]:.1f} kB in all")
    bench.note("G13", "files: " + ", ".join(f"{name} {size / 1000:.1f} kB" for name, size in found.items()))
    of_plan = Action.objects.filter(plan=bench.own.plan, updates__quarter=LAST)
    words = of_plan.values_list("text", "objective__text", "updates__progress", "updates__work_needed")
    alone = zipped("\n".join(" ".join(row) for row in words).encode()) / 1000
    bench.note("G13", f"plan: the words of its {bench.own.plan.actions.count()} actions alone take {alone:.1f} kB")
    del sent["plan"]
    return {"kB": max(sent.values()), "requests": max(asked.values()), "HTML kB": html["list"]}


def _files(html: str, page: Call) -> dict[str, int]:
    """The files a page asks the browser to fetch, each with the bytes that travel; a chart is asked of the product."""
    tree, found = lxml.html.fromstring(html), {}
    wanted = "//link[@rel='stylesheet' or contains(@rel, 'icon')]/@href | //script/@src | //img/@src"
    for address in tree.xpath(wanted):
        name = address.removeprefix(static(""))
        if name == address:
            path, _, query = address.partition("?")
            asked = page.environ | {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_ACCEPT_ENCODING": "gzip"}
            found[path] = len(Call(asked, b"", 200)().body)
            continue
        path = finders.find(name)
        if path is None:
            raise FileNotFoundError(f"{name} has not been built: npm run build, or python3 dev.py run.")
        found[name] = zipped(Path(path).read_bytes())
    return found


GOALS: dict[str, Callable[[Bench], Measured]] = {
    "G2": dashboard,
    "G3": quarters,
    "G4": actions,
    "G5": flat_list,
    "G6": admin_list,
    "G7": action_page,
    "G8": workbook,
    "G9": export,
    "G10": save,
    "G11": post,
    "G13": wire,
    "G17": reading.workbook,
    "G18": reading.word_file,
    "G19": police.archive,
}


def tabulate(bench: Bench) -> None:
    """Each page against the constant, against its own floor, and against plain admin: for the record."""
    own, manager = bench.own, bench.own.manager
    flat = {
        "list": manager.get(reverse("bench_list", args=[own.slug])),
        "plan": manager.get(reverse("bench_plan", args=[own.plan.slug])),
    }
    admin = {
        "list": bench.admin("action"),
        "plan": bench.admin("action", query=f"?plan__id__exact={own.plan.pk}"),
        "action": bench.admin("action", own.spoken.pk),
        "update": bench.admin("progressupdate", own.spoken.updates.get(quarter=LAST).pk),
        "plans": bench.admin("plan"),
    }
    for name, page in own.pages().items():
        body = page().body
        against = in_turn(bench.constant, page)
        row = {
            "page": name,
            "milliseconds": against.milliseconds[1],
            "queries": len(page.statements()),
            "html_kB": len(body) / 1000,
            "zipped_kB": zipped(body) / 1000,
            "to_constant": against.ratio,
        }
        for to, floors in (("to_flat", flat), ("to_admin", admin)):
            if name in floors:
                row[to] = in_turn(floors[name], page).ratio
        bench.table.append(row)


def about() -> dict[str, Any]:
    """How many rows the usual database holds."""
    models = (Plan, Action, ProgressUpdate)
    rows = {model._meta.label: model.objects.count() for model in models}
    with using("large"):
        large = {model._meta.label: model.objects.count() for model in models}
    return {"engine": connection.vendor, "rows": rows, "rows_among_many": large}
