"""How the list of KPIs is narrowed: the query string is the state."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from csp_tracker.models import Partnership, User
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from indicators.models import Indicator
from indicators.querysets import IndicatorQuerySet
from indicators.services.standing import Standing, standings
from indicators.values import Frequency, ReadingState

ME, NOBODY = "me", "none"
LIGHTS = [(light.value, light.label) for light in RAG if light is not RAG.COMPLETE]
QUARTERS_OFFERED = 12


class StandingFilter(django_filters.FilterSet):
    """KPIs by words, light in a quarter, and whether they are the partnership's own."""

    words = django_filters.CharFilter(
        label="Words", method="with_words", widget=forms.TextInput(attrs={"type": "search"})
    )
    quarter = django_filters.ChoiceFilter(label="Quarter", method="in_quarter", empty_label=None)
    light = django_filters.ChoiceFilter(label="Light", method="rated", choices=LIGHTS, empty_label="Any")
    kind = django_filters.ChoiceFilter(
        label="Kind",
        method="of_kind",
        choices=[("ours", "Ours"), ("context", "Context")],
        empty_label="Ours and context",
    )

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, quarter: Quarter, quarters: Iterable[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quarter = quarter
        self.stood: dict[int, Standing] = {}
        self.filters["quarter"].extra["choices"] = [(one.code, str(one)) for one in quarters]
        self.filters["quarter"].extra["initial"] = quarter.code

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """The light is asked for last: it is worked out, not stored, where a quarter is put together from months."""
        queryset = super().filter_queryset(queryset)
        light = self.form.cleaned_data.get("light")
        if not light:
            return queryset
        self.stood = standings(queryset, self.quarter)
        return queryset.filter(pk__in=[pk for pk, one in self.stood.items() if one.light == light])

    def standings_of(self, indicators: Sequence[Indicator]) -> list[Standing]:
        """How these KPIs stand in the quarter; what was read to tell their light is not read again."""
        known = self.stood or standings(indicators, self.quarter)
        return [known[indicator.pk] for indicator in indicators]

    def with_words(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """KPIs that have every one of the words somewhere."""
        for word in value.split():
            queryset = queryset.filter(
                Q(reference__icontains=word)
                | Q(name__icontains=word)
                | Q(definition__icontains=word)
                | Q(source__icontains=word)
            )
        return queryset

    def in_quarter(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """The quarter narrows nothing: it says whose figures are shown."""
        return queryset

    def rated(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """Left to `filter_queryset`, after all that the database can tell."""
        return queryset

    def of_kind(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """What the partnership owns apart from what it only watches."""
        return queryset.filter(is_context=value == "context")


class IndicatorFilter(StandingFilter):
    """Words, quarter, light, ours or context, owner, agency, measured or archived."""

    owner = django_filters.ChoiceFilter(label="Owner", method="of", empty_label="Anybody")
    agency = django_filters.ChoiceFilter(label="Agency", method="of", empty_label="Any")
    archived = django_filters.ChoiceFilter(
        label="Measured or archived", method="in_use", choices=[("yes", "Archived")], empty_label="Measured now"
    )

    def __init__(
        self, *args: Any, partnership: Partnership, quarter: Quarter, today_in: Quarter, **kwargs: Any
    ) -> None:
        super().__init__(*args, quarter=quarter, quarters=quarters_offered(quarter, today_in), **kwargs)
        owners, agencies = _in_charge(partnership)
        self.filters["owner"].extra["choices"] = [(NOBODY, "Nobody"), *owners]
        self.filters["agency"].extra["choices"] = [(NOBODY, "None"), *agencies]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Only KPIs still measured unless the archived ones were asked for."""
        if not self.form.cleaned_data.get("archived"):
            queryset = queryset.filter(archived_at__isnull=True)
        return super().filter_queryset(queryset)

    def of(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """KPIs of this owner or agency, or of none."""
        return queryset.filter(**{name: None if value == NOBODY else value})

    def in_use(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """KPIs no longer measured."""
        return queryset.filter(archived_at__isnull=False)


def quarters_offered(quarter: Quarter, today_in: Quarter) -> list[Quarter]:
    """The running quarter and those before it, newest first, and the one asked for wherever it lies."""
    recent = {Quarter.from_ordinal(today_in.ordinal - back) for back in range(QUARTERS_OFFERED)}
    return sorted(recent | {quarter}, reverse=True)


def _in_charge(partnership: Partnership) -> tuple[Iterable[tuple[int, str]], Iterable[tuple[int, str]]]:
    """Who owns KPIs, and which agencies keep them: one query for both lists."""
    rows = set(
        Indicator.objects.filter(partnership=partnership)
        .order_by()
        .values_list("owner", "owner__name", "agency", "agency__name")
    )
    owners = {(pk, name) for pk, name, _, _ in rows if pk}
    agencies = {(pk, name) for _, _, pk, name in rows if pk}
    return sorted(owners, key=lambda pair: pair[1]), sorted(agencies, key=lambda pair: pair[1])


class GridFilter(django_filters.FilterSet):
    """Whose KPIs the grid of a quarter asks for, and whether only those still to be entered."""

    owner = django_filters.ChoiceFilter(label="Owner", method="of", empty_label="Anybody")
    agency = django_filters.ChoiceFilter(label="Agency", method="of", empty_label="Any")
    entered = django_filters.ChoiceFilter(
        label="Figures",
        method="with_entered",
        choices=[("no", "Not yet entered"), ("open", "Awaited or provisional")],
        empty_label="All that are due",
    )

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        partnership: Partnership,
        user: User,
        asked: Mapping[Frequency, Collection[Period]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.asked = user, asked
        owners, agencies = _in_charge(partnership)
        self.filters["owner"].extra["choices"] = [(ME, "Me"), (NOBODY, "Nobody"), *owners]
        self.filters["agency"].extra["choices"] = [(NOBODY, "None"), *agencies]

    def of(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """KPIs of this owner or agency, of the person who looks, or of nobody."""
        return queryset.filter(**{name: self.user if value == ME else None if value == NOBODY else value})

    def with_entered(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """KPIs without a word in one of the periods asked for, or with one that is not the last."""
        if value == "no":
            return queryset.not_entered(self.asked)
        return queryset.with_reading_in((ReadingState.AWAITED, ReadingState.PROVISIONAL), self.asked)
