"""A form that makes something is taken once: sent twice – a double click, back and send again – it makes one thing.

Each time such a form is opened it carries another token (`token_field`). What is made is made together with a receipt
for the person, the address, the token and everything that was typed; of two that come in the same moment the second
waits for the first. The same form with other words in it is another form: nobody's words are dropped as known.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from csp_tracker.models import FormReceipt

#: What the hidden field is called.
FIELD = "once"
AGAIN = "The form was sent more than once and was taken once."
KEPT_FOR = timedelta(days=1)  # no sign-in lasts longer, and with it no form that is still open


class TakenBefore(Exception):
    """The same form was taken already; `receipt` says what came of it."""

    def __init__(self, receipt: FormReceipt) -> None:
        super().__init__(receipt.words)
        self.receipt = receipt


def token_field() -> forms.Field:
    """The hidden field of a form that makes something: another value each time the form is opened."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=32, initial=lambda: uuid4().hex)


def make_once(request: HttpRequest, make: Callable[[], tuple[str, str]]) -> HttpResponse:
    """Make what the form asks for, tell it and lead there; the same form again makes nothing and leads there too.

    `make` returns what to tell and the address. What it raises leaves no receipt, as if the form had never come.
    """
    try:
        with transaction.atomic():
            receipt = take(request)
            words, url = make()
            keep(receipt, words, url)
    except TakenBefore as before:
        return lead_back(request, before)
    messages.success(request, words)
    return redirect(url)


def take(request: HttpRequest) -> FormReceipt | None:
    """Claim the form for this request, in the transaction that makes something of it, or raise TakenBefore.

    None for a form without a token, such as a script may post: it is taken as often as it comes.
    """
    if not request.POST.get(FIELD):
        return None
    fingerprint = _fingerprint(request)
    try:
        with transaction.atomic():
            return FormReceipt.objects.create(fingerprint=fingerprint)
    except IntegrityError:
        raise TakenBefore(FormReceipt.objects.get(fingerprint=fingerprint)) from None


def keep(receipt: FormReceipt | None, words: str, url: str) -> None:
    """Note what came of the form, and let go of receipts that nobody can need any more."""
    if receipt is None:
        return
    receipt.words, receipt.url = words, url
    receipt.save()
    FormReceipt.objects.filter(taken_at__lt=receipt.taken_at - KEPT_FOR).delete()


def lead_back(request: HttpRequest, before: TakenBefore) -> HttpResponse:
    """To what the first of the two forms made."""
    messages.success(request, f"{before.receipt.words} {AGAIN}")
    return redirect(before.receipt.url)


def _fingerprint(request: HttpRequest) -> str:
    typed = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    said = urlencode(typed, doseq=True)
    return sha256(f"{request.user.pk}\n{request.get_full_path()}\n{said}".encode()).hexdigest()
