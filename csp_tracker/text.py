"""Text is text: what every model, import and export does to words before it keeps or prints them."""

import re

LINE_BREAKS = re.compile(r"\r\n|[\r\v\f]")
UNPRINTABLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, except tab and newline
    "\ud800-\udfff"  # halves of a pair, which no file can hold
    "\ufdd0-\ufdef" + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)


def clean_text(text: str) -> str:
    """Drop what no file or database can hold; Word's vertical tab and form feed become line breaks."""
    if text.isprintable():  # most are, and this is far quicker than looking
        return text
    return UNPRINTABLE.sub("", LINE_BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """The words with every run of white space, line breaks among them, as one space."""
    return " ".join(text.split())
