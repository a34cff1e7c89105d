"""The tints that go with the words of the lights in files: light enough for dark text at far more than 4.5 to 1."""

from csp_tracker.rag import RAG

INK = "0B0C0C"
HEADER_TINT = "E3E8EE"
RULE = "8A9099"
LINK = "0B4F91"

TINTS = {
    RAG.RED: "F7C6C2",
    RAG.AMBER: "FFE6A6",
    RAG.GREEN: "C3E6C5",
    RAG.COMPLETE: "C2DCF5",
    RAG.NOT_RATED: "EBEBEB",
}
