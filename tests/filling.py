"""A form filled in as a browser shows it, to be posted by a test."""

from typing import Any

from lxml import html


def filled_in(answer: Any, field: str | None = None) -> dict[str, Any]:
    """What a browser would post from the page's form, or from the one that has the field, if nobody touched it."""
    form = _form(answer, field)
    typed: dict[str, Any] = {}
    for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        if one.get("type") in ("checkbox", "radio") and one.get("checked") is None:
            continue
        if one.get("type") in ("submit", "button"):
            continue
        value = (one.value or "").removeprefix("\n") if one.tag == "textarea" else one.value
        if one.get("type") in ("checkbox", "radio"):
            value = one.get("value", "on")
        typed.setdefault(one.get("name"), []).extend([value or ""] if not hasattr(value, "add") else value)
    typed.pop("csrfmiddlewaretoken", None)
    ticks = form.xpath(".//input[@name='actions']/@value")
    if ticks:
        typed["actions"] = ticks
    return {name: values if len(values) != 1 else values[0] for name, values in typed.items()}


def names_in(answer: Any, field: str | None = None) -> set[str]:
    """Every name the same form could post, whatever is ticked."""
    return set(_form(answer, field).xpath(".//input/@name | .//textarea/@name | .//select/@name | .//button/@name"))


def has_form(answer: Any) -> bool:
    """Whether the page shows the person a form at all; who has nothing to enter is told so instead."""
    return bool(_forms(answer, None))


def _form(answer: Any, field: str | None) -> Any:
    return _forms(answer, field)[0]


def _forms(answer: Any, field: str | None) -> Any:
    page = html.fromstring(answer.content.decode())
    having = f"[.//*[@name='{field}']]" if field else "[not(contains(@action, 'logout'))]"
    return page.xpath(f"//main//form[@method='post']{having} | //form[contains(@id, '_form')]")
