"""The rules that councils really use can be set here, and give the lights that their words say."""

import pytest

from csp_tracker.rag import RAG
from indicators.rag import rate
from tests.indicators.council_rules import MEASURED

CASES = [
    pytest.param(rule, measure, light, id=f"{rule.council}: {measure.value} is {light.label.lower()}")
    for rule in MEASURED
    for measure, light in rule.cases
]


@pytest.mark.parametrize(("rule", "measure", "light"), CASES)
def test_a_councils_rule(rule, measure, light):
    assert rate(measure, rule.scheme).rating == light


@pytest.mark.parametrize("rule", MEASURED, ids=lambda rule: rule.council)
def test_every_light_of_a_councils_rule_is_tried(rule):
    assert {light for _, light in rule.cases} >= {RAG.RED, RAG.AMBER, RAG.GREEN}
