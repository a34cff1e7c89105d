import pytest

from csp_tracker.rag import RAG
from reports.exporters.tints import HEADER_TINT, INK, LINK, RULE, TINTS


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_of_contrast_is_right():
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("FFFFFF", "00B050") == pytest.approx(2.9, abs=0.05)


@pytest.mark.parametrize("tint", [*TINTS.values(), HEADER_TINT, "FFFFFF"])
def test_words_are_easy_to_read_on_every_tint(tint):
    assert contrast(INK, tint) >= 7


def test_links_and_rules_can_be_seen():
    assert contrast(LINK, "FFFFFF") >= 4.5
    assert contrast(RULE, "FFFFFF") >= 3


def test_every_light_has_a_tint_of_its_own():
    assert set(TINTS) == set(RAG)
    assert len(set(TINTS.values())) == len(RAG)
