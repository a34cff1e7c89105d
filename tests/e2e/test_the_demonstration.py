"""The pages people use most, with the real plans and the demonstration in them: long words, wide tables, all lights."""

from tests.e2e.demonstration import make_demonstration
from tests.e2e.looking import faults

PAGES = {
    "manager": (
        "/dashboard/",
        "/plans/",
        "/plans/{plan}/",
        "/plans/{plan}/structure/",
        "/actions/",
        "/actions/{action}/",
        "/actions/{action}/history/",
        "/indicators/",
        "/indicators/{kpi}/",
        "/dashboard/?partnership=maldon&plan=action-plan-200910",
        "/plans/action-plan-200910/",
        "/plans/action-plan-201516/",
        "/actions/?partnership=maldon&plan=action-plan-200910",
    ),
    "lead officer": ("/updates/", "/actions/{action}/", "/actions/{action}/updates/{quarter}/"),
}


def test_the_demonstration_is_sound(enter, subtests):
    world = make_demonstration()
    parts = world.address("action")
    named = {"plan": parts["slug"], "action": parts["pk"], "kpi": world.address("indicator")["pk"]}
    for actor, addresses in PAGES.items():
        page = enter(world.people[actor])
        for address in addresses:
            with subtests.test(address):
                assert page.goto(address.format(quarter=parts["quarter"].code, **named)).status == 200
                assert not faults(page)
