"""Where a link leads stays beside its words, since a table of words has no place for it."""

from csp_tracker.grids.limits import LONGEST_ADDRESS
from csp_tracker.text import clean_text, one_line

SCHEMES = ("http://", "https://", "mailto:", "ftp://", "file:", "www.", "\\\\")


def with_address(words: str, address: str) -> str:
    """“Crime plan (https://…)”, or the words alone where they say the address already or it leads nowhere outside."""
    address = one_line(clean_text(address))
    bare = _bare(address)
    if not bare or len(address) > LONGEST_ADDRESS or not address.lower().startswith(SCHEMES):
        return words
    if bare in words.lower() or not words.strip():
        return words
    shown = address.removeprefix("mailto:")
    return f"{words.rstrip()} ({shown}){words[len(words.rstrip()) :]}"


def _bare(address: str) -> str:
    """The address as people write it."""
    bare = address.lower().removeprefix("mailto:").partition("?subject=")[0]
    return bare.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
