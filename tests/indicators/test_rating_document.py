"""What docs/rating.md says of the engine is what the engine says."""

from tests.indicators.rating_document import ASB, DOCUMENT, EXAMPLES, NOUGHT, PEERS, WORSE, filled

RENEW = "Renew it: python -m tests.indicators.rating_document"


def test_the_tables_in_the_document_are_the_engines_own():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert filled(text) == text, RENEW


def test_the_acid_test_is_passed_where_others_fail():
    row = next(line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| **This one**"))
    met, worse, reached = row.removeprefix("| **This one** | ").split(" | ")
    assert met.startswith("**Green.** 1,884 meets the target of 1,984, better by 100 (5.0%).")
    assert worse.startswith("**Red.** 2,500 misses the target of 1,984 by 516 (26.0%)")
    assert reached.startswith("**Green.** 0 is on the target of 0.")
    assert len(PEERS) == 7


def test_each_example_is_a_case_of_its_own():
    assert len({case for case, _, _ in EXAMPLES}) == len(EXAMPLES)
    assert ASB != WORSE != NOUGHT
