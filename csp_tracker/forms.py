"""Forms of the kernel's pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.db.models import Q

from csp_tracker.formfields import DateInputField, TrackerForm
from csp_tracker.models import Agency, Membership, Partnership, User
from csp_tracker.people import Role


class MembershipForm(TrackerForm):
    """One member's place in the partnership."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label="Select an agency")
    role = forms.ChoiceField(
        label="Role",
        choices=Role.choices,
        widget=forms.RadioSelect,
        help_text="Viewers read. Officers write updates for their agency. Managers review updates and edit plans.",
    )
    is_administrator = forms.BooleanField(
        label="Administrator: keeps people, agencies and plans", required=False, label_suffix=""
    )
    job_title = forms.CharField(label="Job title (optional)", max_length=150, required=False)
    ends_on = DateInputField(
        label="Last day (optional)", required=False, help_text="From the day after, they no longer see the partnership."
    )

    def __init__(
        self, *args: Any, partnership: Partnership, membership: Membership | None = None, **kwargs: Any
    ) -> None:
        if membership is not None:
            names = ("version", "agency", "role", "is_administrator", "job_title", "ends_on")
            kwargs.setdefault("initial", {name: getattr(membership, name) for name in names})
        super().__init__(*args, **kwargs)
        own = membership and membership.agency_id  # their own agency is offered still, archived or not
        self.fields["agency"].queryset = partnership.agencies.filter(  # type: ignore[attr-defined]
            Q(archived_at=None) | Q(pk=own)
        )


class InvitationForm(MembershipForm):
    """A new member, who gets an e-mail."""

    email = forms.EmailField(
        label="Email address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label="Full name", max_length=150)
    ends_on = None  # type: ignore[assignment]  # nobody is invited to leave

    field_order = ("email", "name", "agency", "role", "is_administrator", "job_title", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.make_once()


class ChoosePasswordForm(TrackerForm):
    """The password of somebody who was invited."""

    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=" ".join(password_validators_help_texts()),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Refuse a password that is too short, too common or too like the person's name."""
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


class MailChoiceForm(TrackerForm):
    """How often a person is written to."""

    wants_digest = forms.TypedChoiceField(
        label="How often do you want mail?",
        choices=[
            ("no", "When there is something: a quarter opens, its updates are due or late, somebody comments"),
            ("yes", "Once a week, on Mondays: one list of what you owe and of new comments"),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how often you want mail"},
    )
