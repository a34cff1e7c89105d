"""Put what somebody had typed back into a form of a page: pure, from the page's words to the page's words.

Only the values of the form's own controls change, so every other character of the page stays as it was rendered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from django.utils.html import escape

Typed = dict[str, list[str]]
CONTROLS = {"input", "textarea", "select", "option", "button"}
UNTOUCHED = {"csrfmiddlewaretoken"}
ONLY_PRESSED = {"submit", "button", "image", "reset", "file", "password"}


@dataclass
class Control:
    """One control and where its tag stands in the page; `ends` is where its words end, for those that hold words."""

    tag: str
    name: str
    attributes: dict[str, str | None]
    begins: int
    opened: int
    ends: int = 0

    @property
    def kind(self) -> str:
        """What sort of box it is: the type of an input, else its tag."""
        return (self.attributes.get("type") or "text").lower() if self.tag == "input" else self.tag

    @property
    def value(self) -> str:
        """What it sends when it is ticked or chosen."""
        return self.attributes.get("value", "on") or ""


@dataclass
class Form:
    """One form of the page that posts."""

    action: str
    begins: int
    controls: list[Control] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """What its controls are called."""
        return {control.name for control in self.controls}


@dataclass(frozen=True)
class Refilled:
    """The page with the form filled in, and what found no place in it."""

    page: str
    left_over: Typed


class _Reader(HTMLParser):
    """Notes the forms that post, and their controls, with their places."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.forms: list[Form] = []
        self._inside = False
        self._select = ""
        self._open: Control | None = None
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form that posts, and what stands in it."""
        attributes, begins = dict(attrs), self._place()
        if tag == "form":
            self._inside = (attributes.get("method") or "").lower() == "post"
            if self._inside:
                self.forms.append(Form(attributes.get("action") or "", begins))
        elif tag in CONTROLS and self._inside:
            if tag == "select":
                self._select = attributes.get("name") or ""
            name = self._select if tag == "option" else attributes.get("name") or ""
            control = Control(tag, name, attributes, begins, begins + len(self.get_starttag_text() or ""))
            self.forms[-1].controls.append(control)
            if tag in ("textarea", "option"):
                self._open = control

    def handle_endtag(self, tag: str) -> None:
        """Note where a form ends, and where the words of a control do."""
        if tag == "form":
            self._inside = False
        elif self._open is not None and tag == self._open.tag:
            self._open.ends, self._open = self._place(), None


def refill(page: str, *, at: str, path: str, typed: Typed) -> Refilled | None:
    """The page that was asked for under `at`, its form that posts to `path` filled with what was typed.

    None where no such form is on the page, or none that knows a word of it.
    """
    forms = [form for form in _Reader(page).forms if urldefrag(urljoin(at, form.action)).url == path]
    names = set(typed) - UNTOUCHED
    form = max(forms, key=lambda one: len(one.names & names), default=None)
    if form is None or (names and not form.names & names):
        return None
    left = {name: list(values) for name, values in typed.items() if name not in UNTOUCHED}
    changes = list(_changes(page, form, left))
    changes.append((form.begins + len("<form"), form.begins + len("<form"), f' action="{escape(path)}"'))
    for button in (one for one in form.controls if one.tag == "button" or one.kind == "submit"):
        left.pop(button.name, None)
    return Refilled(_changed(page, changes), {name: rest for name, rest in left.items() if any(map(str.strip, rest))})


def _changes(page: str, form: Form, left: Typed) -> Iterator[tuple[int, int, str]]:
    """What to put where; what was put is taken off `left`."""
    sent = {name: set(values) for name, values in left.items()}
    for control in form.controls:
        if not control.name or control.name in UNTOUCHED or control.kind in ONLY_PRESSED | {"select"}:
            continue
        if control.kind in ("checkbox", "radio", "option"):
            value = control.value
            if control.tag == "option" and "value" not in control.attributes:
                value = unescape(page[control.opened : control.ends or control.opened]).strip()
            is_chosen = value in sent.get(control.name, ())
            if is_chosen and value in left[control.name]:
                left[control.name].remove(value)
            mark = "selected" if control.tag == "option" else "checked"
            yield control.begins, control.opened, _tag(control, mark, "" if is_chosen else None)
        elif left.get(control.name):
            words = left[control.name].pop(0)
            if control.tag == "textarea":
                yield control.opened, control.ends, f"\n{escape(words)}"
            else:
                yield control.begins, control.opened, _tag(control, "value", words)


def _tag(control: Control, name: str, value: str | None) -> str:
    """The control's tag with one attribute set, or left out for None."""
    attributes = {key: one for key, one in control.attributes.items() if key != name}
    if value is not None:
        attributes[name] = value or None if name in ("checked", "selected") else value
    written = "".join(f" {key}" if one is None else f' {key}="{escape(one)}"' for key, one in attributes.items())
    return f"<{control.tag}{written}>"


def _changed(page: str, changes: Iterable[tuple[int, int, str]]) -> str:
    for begins, ends, words in sorted(changes, reverse=True):
        page = page[:begins] + words + page[ends:]
    return page
