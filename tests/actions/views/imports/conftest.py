"""Whom the pages of imports are shown to: a manager of one partnership, on a fixed day."""

import pytest
from django.utils import timezone

from tests.builders import NOW, make_manager, make_partnership


@pytest.fixture(autouse=True)
def today(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def partnership():
    return make_partnership("Maldon CSP")


@pytest.fixture
def manager(client, partnership):
    person = make_manager(partnership, name="Mo Manager")
    client.force_login(person)
    return person
