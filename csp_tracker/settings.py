"""Settings. Everything that differs between machines comes from the environment, or from `.env` beside manage.py.

Without any of it this is a development copy. `CSP_TRACKER_ENV=production` (the default of wsgi.py) or `DEBUG=off` makes
it a live one, which refuses to start half set up. docs/operators.md lists every variable.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

# Development or production -------------------------------------------------------------------------------------------

ENVIRONMENT = env.str("CSP_TRACKER_ENV", default="development")
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured(f"CSP_TRACKER_ENV must be development or production, not “{ENVIRONMENT}”.")

DEBUG = env.bool("DEBUG", default=ENVIRONMENT == "development")
if DEBUG and ENVIRONMENT == "production":
    raise ImproperlyConfigured("DEBUG must not be on in production: it shows the inside of the service to strangers.")

PRODUCTION = not DEBUG

SECRET_KEY = env.str("SECRET_KEY", default="")
if PRODUCTION and not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing: production needs a long random one, see docs/operators.md.")
if not SECRET_KEY:
    SECRET_KEY = "django-insecure-for-development-only-and-refused-in-production"  # noqa: S105

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is missing: name the host people type to reach the service.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# What is in the house ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "csp_tracker.apps.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_forms_gds",
    "csp",
    "django_filters",
    "simple_history",
    "csp_tracker",
    "indicators",
    "actions",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads by a random length, so sizes tell nothing
    "csp.middleware.CSPMiddleware",
    "csp_tracker.middleware.AdminStyles",
    "csp_tracker.middleware.BrowserLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "csp_tracker.middleware.SessionLimits",
    "csp_tracker.middleware.NoStore",
    "django.contrib.messages.middleware.MessageMiddleware",
    "csp_tracker.middleware.LargestRequest",
    "csp_tracker.middleware.WaitingForms",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "csp_tracker.middleware.TakenAway",
    "csp_tracker.middleware.HeldByOthers",
]

ROOT_URLCONF = "csp_tracker.urls"
WSGI_APPLICATION = "csp_tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp_tracker.context.layout",
            ],
        },
    },
]

# Database ------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # a page that only reads must not hold the one writer's lock
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
        " -c jit=off"  # compiling a statement takes longer than any of ours takes to answer
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# More than one worker needs to count failed sign-ins together, hence the table (`manage.py createcachetable`).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    if PRODUCTION
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Drawings would push those counts out of the table, and are drawn anew sooner than they are read from it.
    "charts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "charts",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}

SIMPLE_HISTORY_DATE_INDEX = "composite"

# People, sign-in and sessions ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "csp_tracker.User"
AUTHENTICATION_BACKENDS = ["csp_tracker.backends.MembersBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "csp_tracker.adapters.AccountAdapter"  # closes sign-up
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which proves their address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "csp_tracker.account_forms.SignInForm",
    "reauthenticate": "csp_tracker.account_forms.ConfirmForm",
    "reset_password": "csp_tracker.account_forms.ResetPasswordForm",
    "reset_password_from_key": "csp_tracker.account_forms.ResetPasswordKeyForm",
    "change_password": "csp_tracker.account_forms.ChangePasswordForm",
    "set_password": "csp_tracker.account_forms.SetPasswordForm",
}
INVITATION_DAYS = 14  # how long the link in an invitation works
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True  # every session lasts SESSION_COOKIE_AGE; nobody is asked
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_RATE_LIMITS = {
    "login": "50/m/ip",
    "login_failed": "50/h/ip,10/15m/key",  # ten wrong passwords lock the account for 15 minutes
    "reset_password": "20/m/ip,5/m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "CSP action plan tracker"

SESSION_COOKIE_AGE = 60 * 60  # of rest; SessionLimits moves it forward as people work
SESSION_ABSOLUTE_AGE = 12 * 60 * 60  # then everyone signs in again

# Language and time ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# Pages, forms, files -------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"
CRISPY_CLASS_CONVERTERS = {  # the pack knows these widgets by no class of its own
    "dateinput": "govuk-input",
    "numberinput": "govuk-input",
    "searchinput": "govuk-input",
    "selectmultiple": "govuk-select",
    "telinput": "govuk-input",
    "urlinput": "govuk-input",
}
FORMS_URLFIELD_ASSUME_HTTPS = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static_root"
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static", BASE_DIR / "build") if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))  # no address leads into it
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # the grid of a large plan, all its fields on one page
DATA_UPLOAD_MAX_NUMBER_FILES = 5  # no form takes more than one
# Files are limited to 5 MB by their forms, which give back what was typed; what is far larger is not even read.
LARGEST_REQUEST = 50 * 1024 * 1024
EVIDENCE_MEGABYTES = env.int("EVIDENCE_MEGABYTES", default=2_000)  # of all files of one partnership

# Mail ----------------------------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25" if PRODUCTION else "consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CSP action plan tracker <tracker@localhost>")
# Where links in mails lead; a command that writes mails is asked by no browser.
SITE_URL = env.str(
    "SITE_URL", default=f"https://{ALLOWED_HOSTS[0].lstrip('*.')}" if PRODUCTION else "http://127.0.0.1:8000"
).rstrip("/")
if SITE_URL in {"", "https:"}:
    raise ImproperlyConfigured("SITE_URL is missing: ALLOWED_HOSTS names no host that links in mails could lead to.")
OUTBOX_IMMEDIATELY = env.bool("OUTBOX_IMMEDIATELY", default=DEBUG)  # else `manage.py send_outbox`, by cron
OUTBOX_KEPT_DAYS = env.int("OUTBOX_KEPT_DAYS", default=400)  # how long the words of a mail are kept once it is sent

# What browsers may do ------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from the same machine, past the proxy
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    PROXY_COUNT = env.int("PROXY_COUNT", default=0)
    if PROXY_COUNT:
        # The nearest proxy sets both headers itself and drops what a browser sent in their name.
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT

# What is written down ------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
