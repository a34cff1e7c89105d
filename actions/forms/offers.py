"""The form about what a plan's words say beyond its columns: a tick box for each thing, none ticked."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from actions.forms.readings import Decided, DecisionForm, names
from actions.importing.tree import Offer, OfferKind
from csp_tracker.models import FileImport

#: What each kind of offer is about, in the order in which they are shown.
KINDS = {
    OfferKind.FIGURES: "Figures",
    OfferKind.CARRIED_FORWARD: "Carried forward",
    OfferKind.SPLIT_INDICATOR: "Several measures in one KPI",
}


class OffersForm(DecisionForm):
    """What is offered, each with a box to take it; what is not ticked stays words."""

    def __init__(self, *args: Any, offers: Sequence[Offer], decided: Decided, **kwargs: Any) -> None:
        self.decided = decided
        keys = (offer.key.replace(":", " ").replace(".", " ") for offer in offers)
        self.offers = dict(zip(names("offer", keys), offers, strict=True))
        super().__init__(*args, **kwargs)
        for name, offer in self.offers.items():
            self.fields[name] = forms.BooleanField(label=offer.sentence, required=False)

    @property
    def groups(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, Offer]]]]:
        """The boxes by what they are about."""
        for kind, title in KINDS.items():
            boxes = [(self[name], offer) for name, offer in self.offers.items() if offer.kind is kind]
            if boxes:
                yield title, boxes

    @property
    def no_longer_offered(self) -> int:
        """How many choices were made about words that the file, as it is read now, does not say."""
        return self.initial.get("no_longer_offered", 0)

    def values_of(self, file_import: FileImport) -> dict[str, Any]:
        """What was chosen."""
        decided = self.decided(file_import)
        ticked = {name: decided.accepts(offer) for name, offer in self.offers.items()}
        gone = len(decided.accepted) - sum(ticked.values())
        return {"version": file_import.version, "no_longer_offered": gone} | ticked

    def decisions(self, decided: Any) -> Any:
        """Everything decided, with exactly these offers taken."""
        data = decided.to_json()
        data["accepted"] = {offer.key: offer.said for name, offer in self.offers.items() if self.cleaned_data[name]}
        return type(decided).from_json(data)
