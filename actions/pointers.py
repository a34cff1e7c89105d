"""What is pointed out about an update, to its officer and to the manager: pure functions. Nothing here is blocked."""

import re
from collections.abc import Iterable, Sequence

from csp_tracker.rag import RAG
from csp_tracker.text import one_line

GIVEN_UP = re.compile(
    r"\b(withdrawn|withdrew|no (?:longer )?(?:any )?(?:resources?|funding|funds|capacity)|cancell?ed|abandoned"
    r"|not (?:going|taking) (?:ahead|place)|on hold)\b",
    re.IGNORECASE,
)
#: Words that fill a box and say nothing.
SAYS_NOTHING = {
    *("", "-", "–", "n/a", "na", "nil", "none", "tbc", "ditto"),
    *("as above", "as before", "no update", "see above"),
}
QUARTERS_ALIKE = 3


def pointers(
    *,
    rag: RAG,
    progress: str,
    work_needed: str = "",
    rag_reason: str = "",
    suggested: RAG | None = None,
    measured: Iterable[RAG] = (),
    earlier: Sequence[tuple[RAG, str]] = (),
) -> list[str]:
    """What deserves a second look, a sentence each.

    `measured` are the lights of the action's KPIs; `earlier` light and progress of the quarters just before, the
    newest first, up to the first that has no update.
    """
    sentences = []
    if rag == RAG.GREEN:
        sentences = _about_green(progress, work_needed, [RAG(light) for light in measured])
    alike = [(rag, _plain(progress)), *((RAG(light), _plain(words)) for light, words in earlier)][:QUARTERS_ALIKE]
    if len(alike) == QUARTERS_ALIKE and len(set(alike)) == 1:
        sentences.append("The same light and the same words for three quarters")
    differs = suggested and RAG(suggested).is_rated and suggested != rag
    if differs and rag != RAG.COMPLETE and not rag_reason.strip():  # no date can know that a thing is done
        light = f"{RAG(rag).label} is reported" if rag.is_rated else "No light is reported"
        sentences.append(f"{light} where {RAG(suggested or rag).label.lower()} was suggested, without a reason")
    return sentences


def _about_green(progress: str, work_needed: str, measured: list[RAG]) -> list[str]:
    sentences = []
    if _plain(progress) in SAYS_NOTHING:
        sentences.append("Green without words that say what was done")
    if (rated := {light for light in measured if light.is_rated}) and rated == {RAG.RED}:
        sentences.append("Green while every KPI of the action is red")
    given_up = [found.group() for words in (progress, work_needed) if (found := GIVEN_UP.search(one_line(words)))]
    if given_up:
        sentences.append(f"Green beside the words “{given_up[0]}”")
    return sentences


def _plain(words: str) -> str:
    return one_line(words).lower().rstrip(".")
