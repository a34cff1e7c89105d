"""URL converter `quarter`: /actions/7/updates/2009-10-Q4/. A module of URL patterns that uses it imports this one."""

from django.urls import register_converter

from csp_tracker.periods import Quarter


class QuarterConverter:
    """A quarter's code in an address; a code that names no quarter (2009-11-Q1) is an unknown page.

    So is one of another millennium: the years before and after it would be none that a date can have.
    """

    regex = r"[12][0-9]{3}-[0-9]{2}-Q[1-4]"

    def to_python(self, value: str) -> Quarter:
        return Quarter.parse(value)

    def to_url(self, value: Quarter | str) -> str:
        return (value if isinstance(value, Quarter) else Quarter.parse(value)).code


register_converter(QuarterConverter, "quarter")
