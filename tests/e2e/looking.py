"""What must be true of every page that anybody looks at."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

DESK, PHONE, NARROWEST = 1280, 375, 320
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RULES = {
    "runOnly": {"type": "tag", "values": LEVELS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "preload": False,
}
#: Ids used twice, links to places that are not there, labels for nothing: axe leaves some of these to people.
BROKEN_REFERENCES = """() => {
  const wrong = [];
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) wrong.push(`two #${id}`);
  for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls"])
    for (const one of document.querySelectorAll(`[${name}]`))
      for (const id of one.getAttribute(name).split(/\\s+/).filter(Boolean))
        if (!ids.includes(id)) wrong.push(`${name}="${id}" points at nothing`);
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!ids.includes(link.getAttribute("href").slice(1))) wrong.push(`${link.getAttribute("href")} leads nowhere`);
  return wrong;
}"""
#: What sticks out to the right and makes the page scroll sideways.
STICKS_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} ends at ${one.getBoundingClientRect().right}`)"""


def faults(page: Page) -> list[str]:
    """Everything wrong with the page as it stands in the browser, on a desk, on a phone and at its narrowest."""
    found = _headings(page) + page.evaluate(BROKEN_REFERENCES)
    page.evaluate(AXE_SCRIPT)
    for width in (DESK, PHONE):
        set_width(page, width)
        found += [f"at {width} px: {fault}" for fault in _violations(page) + page.evaluate(STICKS_OUT)[:5]]
    set_width(page, NARROWEST)
    found += [f"at {NARROWEST} px: {fault}" for fault in page.evaluate(STICKS_OUT)[:5]]
    set_width(page, DESK)
    return found


def set_width(page: Page, width: int) -> None:
    """Make the window as wide as that."""
    page.set_viewport_size({"width": width, "height": 900 if width == DESK else 812})


def _headings(page: Page) -> list[str]:
    found = []
    number, title = page.locator("h1").count(), page.title()
    if number != 1:
        found.append(f"{number} h1 instead of one")
    if not title.endswith(" – Action plan tracker") or title.startswith(" – "):
        found.append(f"the title is “{title}”")
    return found


def _violations(page: Page) -> list[str]:
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:200]}" + _why(node)
        for violation in page.evaluate("(rules) => axe.run(rules)", RULES)["violations"]
        for node in violation["nodes"][:3]
    ]


def _why(node: dict) -> str:
    return "".join(f" [{check['message'][:200]}]" for check in node["any"] + node["all"] + node["none"])
