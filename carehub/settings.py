"""Settings, from the environment alone; what is missing or wrong stops the start. Their table: docs/operations/settings.md."""

import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pghistory

from carehub import mail_settings, redis_settings
from carehub.environment import Environment
from carehub.signing_in import openid_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

DEMO = env.flag("CAREHUB_DEMO")
DEBUG = env.flag("CAREHUB_DEBUG")
IN_EARNEST = not DEMO and not DEBUG
VAR = env.path("CAREHUB_VAR", BASE_DIR / "var")
SECRET_KEY = env.secret("CAREHUB_SECRET_KEY", VAR / "secret", made_here=DEMO)
#: Former keys, so that what they signed or encrypted can still be read.
SECRET_KEY_FALLBACKS = env.words("CAREHUB_FORMER_SECRET_KEYS", [])
ALLOWED_HOSTS = env.words("CAREHUB_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
PUBLIC_ADDRESS = env.text("CAREHUB_ADDRESS", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS] if PUBLIC_ADDRESS.startswith("https://") else []

# --- Database: PostgreSQL, the application's role; the owner's role only where migrations run --------------------

#: For the application role. Migrations and bulk loads speak as the owner and take the time they take.
APP_DATABASE_OPTIONS = "-c jit=off -c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"


def database(url: str, options: str) -> dict[str, object]:
    """Django's dictionary for ``postgresql://user:password@host:port/name?host=/socket/folder``."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise SystemExit("CareHub runs on PostgreSQL only: DATABASE_URL must start with postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": query.pop("port", None) or str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # One middleware owns the transaction (carehub.middleware.transaction).
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"options": options, **query},
    }


DATABASES = {"default": database(env.required("DATABASE_URL", example="postgresql://carehub_app:…@/carehub"), APP_DATABASE_OPTIONS)}
if owner_url := env.text("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = database(owner_url, "-c jit=off")
#: Earlier states of live rows carry who made them; pghistory's own table of contexts would need UPDATE for the application.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "carehub",
    "clients",
    "careplans",
    "audits",
    "reports",
]

MIDDLEWARE = [
    "carehub.middleware.reference.RequestReference",
    "carehub.middleware.headers.Headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "carehub.middleware.methods.Methods",
    # Above it stands what static files are to have as well.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "carehub.middleware.transaction.RequestTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "carehub.middleware.actor.ActingPerson",
]

ROOT_URLCONF = "carehub.urls"
WSGI_APPLICATION = "carehub.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
                "csp.context_processors.nonce",
                "carehub.pages.page_context",
            ],
            "builtins": ["django.templatetags.i18n", "carehub.templatetags.carehub"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("carehub",)
CRISPY_TEMPLATE_PACK = "carehub"
CRISPY_FAIL_SILENTLY = False

# --- Sign-in ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "carehub.Person"
SILENCED_SYSTEM_CHECKS: list[str] = []
AUTHENTICATION_BACKENDS = ["carehub.signing_in.sign_in.WithMemberships"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "carehub.signing_in.passwords.NotCommon"},
    {"NAME": "carehub.signing_in.passwords.NotYourOwnName"},
    {"NAME": "carehub.signing_in.passwords.NotOurWords"},
]
#: A link for setting a password works for three days, once.
PASSWORD_RESET_TIMEOUT = 72 * 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "carehub.signing_in.sign_in.StaffOnly"
ACCOUNT_FORMS = {"login": "carehub.signing_in.form.SignInForm", "reauthenticate": "carehub.signing_in.form.AgainForm"}
#: Outside the demonstration nobody works without a second factor.
SECOND_FACTOR_REQUIRED = not DEMO
#: The organisation's own sign-in (OpenID Connect), where one is named.
OPENID = openid_settings.read(env)
SOCIALACCOUNT_ADAPTER = "carehub.signing_in.openid_people.Organisation"
MFA_ADAPTER = "carehub.signing_in.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: clocks of phones
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # the demonstration has no TLS
MFA_FORMS = {
    "authenticate": "carehub.signing_in.second_factor_forms.CodeForm",
    "authenticate_webauthn": "carehub.signing_in.second_factor_forms.KeyForm",
    "activate_totp": "carehub.signing_in.second_factor_forms.AppForm",
    "add_webauthn": "carehub.signing_in.second_factor_forms.NewKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# 'key' is name with address: see carehub.signing_in.sign_in.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key", "login": "60/m/ip", "reauthenticate": "60/m/ip"}
SESSION_ENGINE = "carehub.signing_in.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A message may name a client: it stays on the server. Django's own choice is a cookie, signed and readable.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- In production: TLS in front of us, and nothing but TLS -------------------------------------------------------

if IN_EARNEST:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take such a name from this host alone, over TLS.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
#: 'yes' where a proxy of ours stands in front and overwrites X-Forwarded-Proto and X-Forwarded-For.
TRUSTED_PROXY = env.flag("CAREHUB_TRUSTED_PROXY")
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUSTED_PROXY else 0
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "carehub.views.errors.csrf_failed"

# --- Words, dates ----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
#: While there is one language nothing is looked up: every word on a page cost a walk through five empty catalogues.
USE_I18N = len(LANGUAGES) > 1
TIME_ZONE = "Europe/London"
USE_TZ = True
DATE_FORMAT = "j F Y"
FORMAT_MODULE_PATH = ["carehub.formats"]

# --- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
#: Otherwise every static file would be open to the scripts of every site.
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILES_ROOT = VAR / "files"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
#: unix:///run/clamav/clamd.ctl or tcp://host:3310; where it is named and does not answer, uploads are refused.
CLAMAV = env.text("CAREHUB_CLAMAV", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Background work: the database is the truth (carehub.jobs), the broker only says 'look now' -------------------

BROKER_FOLDER = VAR / "broker"
CELERY_BROKER_URL = redis_settings.broker(env, in_earnest=IN_EARNEST)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    {
        "data_folder_in": str(BROKER_FOLDER / "messages"),
        "data_folder_out": str(BROKER_FOLDER / "messages"),
        "control_folder": str(BROKER_FOLDER / "control"),
    }
    if CELERY_BROKER_URL.startswith("filesystem")
    else {"socket_timeout": 5, "socket_connect_timeout": 0.2, "visibility_timeout": 900}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat")
PASS_SECONDS = env.number("CAREHUB_REVIEWS_SECONDS", 15 if DEMO else 900)
CELERY_BEAT_SCHEDULE = {
    "send-waiting-jobs": {"task": "carehub.send_waiting_jobs", "schedule": env.number("CAREHUB_RESEND_SECONDS", 5)},
    "find-due-reviews": {"task": "careplans.find_due_reviews", "schedule": PASS_SECONDS},
    "find-late-profiles": {"task": "clients.find_late_profiles", "schedule": PASS_SECONDS},
    "delete-old-referrals": {"task": "clients.delete_old_referrals", "schedule": PASS_SECONDS},
    "find-unusual-access": {"task": "clients.find_unusual_access", "schedule": env.number("CAREHUB_UNUSUAL_SECONDS", 30 if DEMO else 900)},
    "seal-the-log": {"task": "carehub.seal_log", "schedule": env.number("CAREHUB_SEAL_SECONDS", 20)},
    "freeze-months": {"task": "reports.freeze_months", "schedule": env.number("CAREHUB_FIGURES_SECONDS", 20 if DEMO else 3600)},
}
#: Where the head of the sealed log is written down, outside the database: best on another machine's disk.
LOG_ANCHORS = env.path("CAREHUB_LOG_ANCHORS", VAR / "log-anchors")
LOG_ANCHOR_MAIL = env.text("CAREHUB_LOG_ANCHOR_MAIL", "")
#: Only the demonstration's clock can be moved; see carehub.clock.
CLOCK_FILE = VAR / "clock"

CACHES = {"default": redis_settings.cache(env, in_earnest=IN_EARNEST)}

# --- Mail -----------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.text("CAREHUB_MAIL_FROM", "CareHub <carehub@localhost>")
mail_server = mail_settings.read(env, in_earnest=IN_EARNEST)
EMAIL_BACKEND = mail_server.backend
EMAIL_HOST, EMAIL_PORT = mail_server.host, mail_server.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail_server.user, mail_server.password
EMAIL_USE_SSL, EMAIL_USE_TLS = mail_server.tls_at_once, mail_server.starttls
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR / "mail"

# --- Logs: one JSON object a line, never a client's data -----------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "carehub.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("CAREHUB_LOG_LEVEL", "WARNING")},
    "loggers": {
        name: {"level": level}
        for name, level in (("carehub", "INFO"), ("django.security.DisallowedHost", "CRITICAL"), ("weasyprint.progress", "WARNING"))
    },
}

TESTING = "pytest" in sys.modules
