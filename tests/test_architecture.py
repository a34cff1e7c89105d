"""The house stands: imports go down between the apps and left inside them; rules have one home."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("reports", "actions", "indicators", "csp_tracker")  # each may import only itself and what stands after it
WIRING = {"settings", "urls", "wsgi"}
LADDER = (
    ("values", "text", "periods", "people"),
    ("figures", "sparklines"),
    ("wording",),
    ("comparison",),
    (
        "rag",
        "reminding",
        "pointers",
        "sensitive",
        "attachments",
        "xmr",
        "lights",
        "refilling",
        "fields",
        "document",
        "document_json",
        "converters",
    ),
    ("variation", "rollup", "carrying"),
    ("variation_wording", "changes", "forecasts", "chart_data"),
    ("chart_layout",),
    ("chart_pens", "chart_wording"),
    ("charts",),
    ("writing", "querysets"),
    ("models",),
    ("permissions", "roles", "backends", "outbox"),
    ("builders", "services"),
    (
        "partnerships",
        "requests",
        "receipts",
        "context",
        "formfields",
        "account_forms",
        "forms",
        "filters",
        "importing",
        "grids",
        "exporters",
        "adapters",
        "history",
    ),
    ("waiting",),
    ("views", "admin_site", "admin_base", "admin", "templatetags", "management", "middleware", "checks", "apps"),
    ("urls",),
)
STEP = {name: step for step, names in enumerate(LADDER) for name in names}
LAZY = {
    ("indicators/charts.py", "matplotlib"),  # slow to load
    ("csp_tracker/apps.py", "csp_tracker"),  # Django registers checks when the app is ready
}


def modules() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """(dotted name, whether it stands inside a function) of every import; `from a import b` counts as a.b.

    What stands under `if TYPE_CHECKING` is left out: it names types and is never run.
    """
    found = []
    tree = ast.parse(path.read_text())
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    inner = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node in inner) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports out in full"
            assert node.names[0].name != "*", f"{path}: no star imports"
            found += [(f"{node.module}.{alias.name}", node in inner) for alias in node.names]
    return found


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=named)
def test_imports_between_apps_only_go_down(path):
    app = path.relative_to(ROOT).parts[0]
    above = APPS[: APPS.index(app)]
    wrong = [name for name, _ in imports_of(path) if name.split(".")[0] in above]
    assert not wrong


@pytest.mark.parametrize("path", modules(), ids=named)
def test_imports_inside_an_app_only_go_left(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    app, room = parts[0], parts[1]
    if room in WIRING or room == "__init__":
        return
    assert room in STEP, f"{room} has no place on the ladder"
    for name, _ in imports_of(path):
        pieces = name.split(".")
        if pieces[0] == app and len(pieces) > 1 and pieces[1] != room:
            assert pieces[1] in STEP, f"{name} has no place on the ladder"
            assert STEP[pieces[1]] <= STEP[room], f"{room} imports {name}, which stands to its right"


@pytest.mark.parametrize("path", modules(), ids=named)
def test_no_import_hides_in_a_function(path):
    allowed = {library for file, library in LAZY if file == named(path)}
    assert not [name for name, inside in imports_of(path) if inside and name.split(".")[0] not in allowed]


@pytest.mark.parametrize("path", modules(), ids=named)
def test_tracked_rows_are_never_written_behind_history(path):
    """`update()`, `bulk_create()` and `bulk_update()` leave no history row; only untracked tables may use them."""
    tree = ast.parse(path.read_text())
    calls = [
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert not {"bulk_create", "bulk_update", "_raw_delete"} & set(calls)


@pytest.mark.parametrize("path", modules(), ids=named)
def test_rows_hide_nothing_in_save_or_signals(path):
    tree = ast.parse(path.read_text())
    if path.name != "middleware.py":
        assert "django.db.models.signals" not in path.read_text()
    saves = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "save"]
    assert not [node for node in saves if any(argument.arg == "force_insert" for argument in node.args.args)]


def test_settings_and_addresses_name_apps_only_in_strings():
    for name in WIRING:
        own = [module for module, _ in imports_of(ROOT / "csp_tracker" / f"{name}.py") if module.split(".")[0] in APPS]
        assert [module for module in own if module.split(".")[0] != "csp_tracker"] == []


def test_every_model_says_what_one_row_is():
    from django.apps import apps

    for app in ("csp_tracker", "indicators", "actions"):
        for model in apps.get_app_config(app).get_models():
            if model.__name__.startswith("Historical"):
                continue
            assert (model.__doc__ or "").strip() not in ("", f"{model.__name__}()"), model
