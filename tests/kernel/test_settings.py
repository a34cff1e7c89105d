"""A development copy starts with nothing set; a live one refuses to start half set up."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler

from csp_tracker import checks

ROOT = Path(__file__).resolve().parents[2]
LIVE = {
    "CSP_TRACKER_ENV": "production",
    "SECRET_KEY": "f0bd6cdb41dd4bb68e2dbf7a5d8eacfe-one-of-the-tests-not-of-a-service",
    "ALLOWED_HOSTS": "tracker.example.gov.uk",
}
TOLD_BY_THE_MACHINE = ("CSP_TRACKER_ENV", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "SITE_URL")


def python(*arguments, **env):
    clean = {name: value for name, value in os.environ.items() if name not in TOLD_BY_THE_MACHINE}
    command = [sys.executable, "-W", "error::RuntimeWarning", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**clean, **env}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        pytest.param({**LIVE, "SECRET_KEY": ""}, "SECRET_KEY is missing", id="no secret"),
        pytest.param({**LIVE, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing", id="no host"),
        pytest.param({**LIVE, "ALLOWED_HOSTS": "*"}, "SITE_URL is missing", id="no host that mails could link to"),
        pytest.param({**LIVE, "DEBUG": "on"}, "DEBUG must not be on", id="debugging a live service"),
        pytest.param({"DEBUG": "off"}, "SECRET_KEY is missing", id="debugging off is production"),
        pytest.param({"CSP_TRACKER_ENV": "prod"}, "must be development or production", id="unknown environment"),
    ],
)
def test_it_refuses_to_start_with_one_sentence(env, sentence):
    refused = python("manage.py", "check", **env)
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_server_is_a_live_one_unless_told_otherwise():
    refused = python("-c", "import csp_tracker.wsgi")
    assert "SECRET_KEY is missing" in refused.stderr


def test_a_development_copy_needs_nothing(tmp_path):
    checked = python("manage.py", "check", DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert checked.returncode == 0, checked.stderr


def test_the_deployment_check_of_a_live_service_is_clean(tmp_path):
    database = f"sqlite:///{tmp_path}/live.sqlite3"
    deploy = ("check", "--deploy", "--database", "default", "--fail-level", "WARNING")
    checked = python("manage.py", *deploy, **LIVE, DATABASE_URL=database)
    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout


def test_a_live_service_protects_its_cookies_and_its_uploads():
    names = "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_NAME CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT"
    program = f"from django.conf import settings as s; print(*[getattr(s, n) for n in '{names}'.split()])"
    shown = python("-c", program, **LIVE, DJANGO_SETTINGS_MODULE="csp_tracker.settings")
    assert shown.stdout.split() == ["__Host-sessionid", "True", "__Host-csrftoken", "True", "True"]
    assert settings.FILE_UPLOAD_PERMISSIONS == 0o600


@pytest.mark.parametrize(
    ("env", "where"),
    [
        pytest.param({}, "http://127.0.0.1:8000", id="a development copy"),
        pytest.param(LIVE, "https://tracker.example.gov.uk", id="the first host people type"),
        pytest.param({**LIVE, "ALLOWED_HOSTS": ".example.gov.uk"}, "https://example.gov.uk", id="any of its hosts"),
        pytest.param({**LIVE, "SITE_URL": "https://csp.maldon.gov.uk/"}, "https://csp.maldon.gov.uk", id="told"),
    ],
)
def test_links_in_mails_lead_to_the_service(env, where):
    program = "from django.conf import settings as s; print(s.SITE_URL, s.EMAIL_TIMEOUT)"
    shown = python("-c", program, **env, DJANGO_SETTINGS_MODULE="csp_tracker.settings")
    assert shown.stdout.split() == [where, "10"]


@pytest.fixture
def check_sqlite(tmp_path, monkeypatch, db):
    """Run the check on a file of its own that is opened with these options."""
    opened = []

    def check(options):
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "file.sqlite3", "OPTIONS": options}
        opened.append(ConnectionHandler({"default": database}))
        monkeypatch.setattr(checks, "connections", opened[-1])
        return checks.sqlite_keeps_what_it_was_told(databases=["default"])

    yield check
    for connections in opened:
        connections.close_all()


def our_sqlite_options():
    program = "import json; from django.conf import settings as s; print(json.dumps(s.DATABASES['default']['OPTIONS']))"
    return json.loads(python("-c", program, DJANGO_SETTINGS_MODULE="csp_tracker.settings").stdout)


def test_sqlite_does_keep_the_options_it_is_given(check_sqlite):
    assert check_sqlite(our_sqlite_options()) == []


def test_a_forgotten_sqlite_option_is_found(check_sqlite):
    found = [str(error.msg) for error in check_sqlite({})]
    assert [message.split(",")[0] for message in found] == [
        "SQLite runs with journal_mode = delete",
        "SQLite runs with busy_timeout = 5000",
    ]


def test_a_page_that_only_reads_holds_no_lock():
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False
