"""The forms of signing in, in the product's words. Named in the settings as ACCOUNT_FORMS; allauth does the work."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms

from csp_tracker.formfields import PlainWords

LABELS = {
    "email": "Email address",
    "login": "Email address",
    "oldpassword": "Current password",
    "password": "Password",
    "password1": "New password",
    "password2": "New password again",
}


class PlainLabels:
    """Mixed into a form of allauth: our labels, and no placeholders, which vanish as soon as one types."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.error_messages["required"] = f"Enter your {str(field.label).lower()}"
            field.widget.attrs.pop("placeholder", None)
            if name in ("password", "oldpassword"):
                # The link for who forgot it stands below the button: one tab leads from box to box.
                field.help_text = ""


class SignInForm(PlainWords, PlainLabels, allauth_forms.LoginForm):
    """E-mail address and password."""


class ResetPasswordForm(PlainWords, PlainLabels, allauth_forms.ResetPasswordForm):
    """Where to send the link that sets a new password."""


class ResetPasswordKeyForm(PlainWords, PlainLabels, allauth_forms.ResetPasswordKeyForm):
    """The new password, after following that link."""


class ChangePasswordForm(PlainWords, PlainLabels, allauth_forms.ChangePasswordForm):
    """The present password and a new one."""


class SetPasswordForm(PlainWords, PlainLabels, allauth_forms.SetPasswordForm):
    """The first password of an account that had none."""


class ConfirmForm(PlainWords, PlainLabels, allauth_forms.ReauthenticateForm):
    """The password once more, before something that matters."""
