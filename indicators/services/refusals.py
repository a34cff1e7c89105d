"""What the services of this app refuse, each with its sentence."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from csp_tracker.periods import Period


class ReasonMissing(ValidationError):
    """What is already on record changes only with a reason."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="reason")


class NotAFigure(ValidationError):
    """Words where a figure belongs; the sentence is that of `parse_figure`."""


class NoFigure(ValidationError):
    """Neither a figure nor a word for why there is none."""

    def __init__(self) -> None:
        super().__init__("Enter a figure, or say why there is none.", code="value")


class ReadingsRefused(ValidationError):
    """Some of many figures were refused, and all of them with those. `errors`: why, by KPI and period."""

    def __init__(self, errors: Mapping[tuple[int, Period], ValidationError]) -> None:
        super().__init__([message for error in errors.values() for message in error.messages])
        self.errors = errors


class NotAMember(ValidationError):
    """Somebody who is no current member of the partnership, or only reads, cannot own its KPI."""

    def __init__(self) -> None:
        super().__init__("The owner must be a current member of the partnership, and not a viewer.")


class PartOfItself(ValidationError):
    """A KPI cannot add up to one of its own parts."""

    def __init__(self) -> None:
        super().__init__("A KPI cannot be a part of itself or of one of its parts.")


class IndicatorArchived(ValidationError):
    """An archived KPI takes no more figures."""

    def __init__(self) -> None:
        super().__init__("This KPI is archived. Restore it before you enter figures.")


class NotAMonthlyCount(ValidationError):
    """Crimes of a month can only feed a KPI that takes such figures."""

    def __init__(self) -> None:
        super().__init__(
            "The police count crimes by the month: this KPI must be a number, reported monthly, whose months add up "
            "as a sum."
        )
