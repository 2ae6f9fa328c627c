"""One file, read from the environment, safe by default.

Local mode is the absence of DATABASE_URL: embedded services, a generated key, loopback only. With DATABASE_URL set,
everything that must be secret has to be given; what is missing stops the start with a sentence.
"""

import gc
import hashlib
import sys
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

import gesoc.celery  # noqa: F401 - in every process that has settings, tasks belong to this application
from gesoc import embedded, local
from gesoc.home import PG_PORT

gc.disable()  # until the applications are loaded (gesoc/apps.py): what comes now stays, and is a quarter slower looked through

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

LOCAL = embedded.is_local()
TESTING = env.str("MESA_PROFILE", "").startswith("test")
HOME = embedded.home().root


def required(name: str, why: str) -> str:
    """A setting that has no default outside local mode."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"DATABASE_URL is set, so {name} must be set as well: {why}")
    return value


# -- secrets and hosts --------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
if LOCAL:
    SECRET_KEY = env.str("SECRET_KEY", "") or local.secret_key()
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
else:
    SECRET_KEY = required("SECRET_KEY", "a random text of 50 characters or more, kept secret.")
    _hosts = required("ALLOWED_HOSTS", "the host names of the site, separated by commas.")
    ALLOWED_HOSTS = [host.strip() for host in _hosts.split(",") if host.strip()]
    required("REDIS_URL", "the address of the Redis that carries background work, such as redis://redis:6379/0.")
    CSRF_TRUSTED_ORIGINS = env.list(
        "CSRF_TRUSTED_ORIGINS", default=[f"https://{'*' * host.startswith('.')}{host}" for host in ALLOWED_HOSTS]
    )

# -- apps ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "dialogues",
    "projects",
    "datasets",
    "partners",
    "municipalities",
    "gesoc.apps.AdministrationConfig",  # django.contrib.admin with our sign-in and index
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules.apps.AutodiscoverRulesConfig",
    "pgtrigger",
    "pghistory",
    "django_cotton.apps.SimpleAppConfig",  # its other config rewrites TEMPLATES, and so does template_partials'
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gesoc.kept_pages.KeptPages",
    "gesoc.prepared.prepared_questions",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gesoc.common.i18n.language_from_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "partners.acting_for.acting_for",  # inside the history's context
    "gesoc.common.unstorable.UnstorableText",
]

ROOT_URLCONF = "gesoc.urls"
WSGI_APPLICATION = "gesoc.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_loaders = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "gesoc.common.tags",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gesoc.common.views.page",
            ],
        },
    }
]

# -- data ---------------------------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]]
if LOCAL:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": env.str("MESA_DATABASE", "mesa"),
            "USER": "mesa",
            "HOST": str(embedded.home().run),
            "PORT": str(PG_PORT),
        }
    }
else:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    # A database that went away without a word is noticed within seconds, not after the kernel's quarter of an hour.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("tcp_user_timeout", 10_000)
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# Questions of public pages are planned once for each connection (gesoc/prepared.py). Off behind a pool that hands out another
# session for each statement, such as pgbouncer by transaction.
PREPARED_QUESTIONS = env.bool("PREPARED_QUESTIONS", True)

REDIS_URL = env.str("REDIS_URL", "") or embedded.redis_url()
REDIS_TIMEOUTS = {"socket_connect_timeout": 2, "socket_timeout": 5}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "mesa",
        "OPTIONS": REDIS_TIMEOUTS,
    },
    # Each web process's own: pages as they were sent (gesoc/kept_pages.py), some 20 MB where all places are taken.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 400, "CULL_FREQUENCY": 10},
    },
}
# A suite changes its tables in ways that leave no trace in the journals: it keeps pages only where it tests just that.
KEPT_PAGES = env.bool("KEPT_PAGES", not TESTING)
KEPT_PAGES_ASK_AFTER = 1.0  # seconds

# Originals of published files can hold personal data: nothing under here is served by its path.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(HOME / "media")))
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
# Not registered: whoever publishes asks https://www.open-contracting.org for a prefix and sets it here.
OCDS_PREFIX = env.str("OCDS_PREFIX", "") or "ocds-sinregistro"
INGEST_MAX_UPLOAD_MB = env.int("INGEST_MAX_UPLOAD_MB", 50)
# Files fetched from the addresses that people write (datasets/fetching.py).
FETCH_MAX_MB = env.int("FETCH_MAX_MB", 200)
FETCH_SECONDS = env.int("FETCH_SECONDS", 600)
# Pairs of address and port besides the public ones: for the suite's own server alone, never from the environment.
FETCH_ALSO: frozenset[tuple[str, int]] = frozenset()

# -- background work ----------------------------------------------------------------------------------------------

# Celery names a Redis behind a Unix socket in its own way.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True  # the state of work lives in our own tables
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "America/Mexico_City"
CELERY_BEAT_SCHEDULER = "gesoc.celery:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # A worker that was killed leaves its file to the next one within half a minute.
    "resume-ingests": {"task": "datasets.tasks.resume_ingests", "schedule": 15.0, "options": {"expires": 15}},
    "close-due-rounds": {"task": "dialogues.tasks.close_due_rounds", "schedule": 30.0, "options": {"expires": 30}},
    "dialogues-clock": {"task": "dialogues.tasks.turn_the_clock", "schedule": 60.0, "options": {"expires": 60}},
    "dialogues-promises": {"task": "dialogues.tasks.keep_promises", "schedule": 86400.0},
    "evaluate-missing": {"task": "datasets.tasks.evaluate_missing", "schedule": 300.0, "options": {"expires": 300}},
    "prepare-standings": {"task": "datasets.tasks.prepare_standings", "schedule": 60.0, "options": {"expires": 60}},
    "remind-commitments": {
        "task": "dialogues.tasks.remind_commitments",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "see-proofs": {"task": "dialogues.tasks.see_proofs", "schedule": 600.0, "options": {"expires": 600}},
    "make-minutes": {"task": "dialogues.tasks.make_minutes", "schedule": 60.0, "options": {"expires": 60}},
    "check-commitment-figures": {
        "task": "dialogues.tasks.check_commitment_figures",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "build-open-data": {
        "task": "datasets.tasks.build_open_data",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"expires": 3600},
    },
    "sweep-leftovers": {"task": "datasets.tasks.sweep_leftovers", "schedule": 86400.0},
    "watch-sources": {"task": "datasets.tasks.watch_sources", "schedule": 60.0, "options": {"expires": 60}},
    "scan-files": {"task": "datasets.tasks.scan_files", "schedule": 300.0, "options": {"expires": 300}},
    "send-digests": {"task": "projects.tasks.send_digests", "schedule": 900.0, "options": {"expires": 900}},
    "purge-expired": {"task": "partners.tasks.purge_expired", "schedule": 86_400.0, "options": {"expires": 3600}},
    "deliver-due-mail": {"task": "partners.tasks.deliver_due_mail", "schedule": 30.0, "options": {"expires": 30}},
}

# -- people -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",  # the predicates of every app's rules.py
    "allauth.account.auth_backends.AuthenticationBackend",  # passwords; group rights, for the administration
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "partners.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # sign-up is closed; allauth checks it all the same
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever opens an account vouches for its address; a first password comes by mail
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address without an account gets no mail
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tell people when their password or second factor was changed
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
# Rate limits count by address of the caller; behind a proxy that address is the last one it wrote.
ALLAUTH_TRUSTED_PROXY_COUNT = 0 if LOCAL else env.int("TRUSTED_PROXY_COUNT", 1)
ACCOUNT_FORMS = {
    "login": "partners.forms.LoginForm",
    "reset_password": "partners.forms.ResetPasswordForm",
    "reset_password_from_key": "partners.forms.ResetPasswordKeyForm",
    "change_password": "partners.forms.ChangePasswordForm",
    "set_password": "partners.forms.SetPasswordForm",
    "reauthenticate": "partners.forms.ReauthenticateForm",
}
MFA_ADAPTER = "partners.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Mesa de Datos"
MFA_TOTP_TOLERANCE = 1  # a code typed as it changes, or a phone's clock some seconds off (RFC 6238, section 5.2)
MFA_FORMS = {
    "authenticate": "partners.forms.SecondFactorForm",
    "reauthenticate": "partners.forms.SecondFactorAgainForm",
    "activate_totp": "partners.forms.ActivateTOTPForm",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Reading changes nothing: without GET here, an anonymous page never touches the session.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# -- mail ---------------------------------------------------------------------------------------------------------

# Where links in mails and calendars lead. Work in the background has no request to ask.
if LOCAL:
    SITE_URL = env.str("SITE_URL", "") or f"http://127.0.0.1:{env.str('PORT', '') or 8000}"
else:
    SITE_URL = env.str("SITE_URL", "") or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "") or "Mesa de Datos <mesa@localhost>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if LOCAL:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"
else:
    vars().update(env.email_url("EMAIL_URL", default="consolemail://"))

# -- privacy --------------------------------------------------------------------------------------------------------

# Working days to answer a request about personal data, and to carry it out. To be confirmed by counsel (law of 2025).
ARCO_ANSWER_DAYS = env.int("ARCO_ANSWER_DAYS", 20)
ARCO_FULFIL_DAYS = env.int("ARCO_FULFIL_DAYS", 15)
# Days after which things go by themselves: requests that were closed, bodies of mails, lists never taken over, links.
ARCO_KEPT_DAYS = env.int("ARCO_KEPT_DAYS", 365)
MAIL_KEPT_DAYS = env.int("MAIL_KEPT_DAYS", 365)
IMPORT_KEPT_DAYS = env.int("IMPORT_KEPT_DAYS", 7)
LINKS_KEPT_DAYS = env.int("LINKS_KEPT_DAYS", 30)
MERGE_UNDO_DAYS = env.int("MERGE_UNDO_DAYS", 30)
# Hashed keys of erased people: kept outside the database and its dumps, for `manage.py reapply_erasures`.
ERASURES_FILE = Path(env.str("ERASURES_FILE", str(Path(MEDIA_ROOT) / "erasures.txt")))

# -- projects ------------------------------------------------------------------------------------------------------

# Working days that a public body has to answer a request for information (general law of transparency: twenty).
INFORMATION_REQUEST_DAYS = env.int("INFORMATION_REQUEST_DAYS", 20)
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", 10)  # of one file beside a log entry
NOTE_IMAGE_MAX_MB = env.int("NOTE_IMAGE_MAX_MB", 5)  # of one image of a research note
SHEET_PHOTO_MAX_MB = env.int("SHEET_PHOTO_MAX_MB", 15)  # of one photo of a signed sheet, as a phone takes it

# -- language and time --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", _("Spanish (Mexico)")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Mexico_City"
USE_I18N = True
USE_TZ = True

# -- static files -------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.exists()]
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(HOME / "static")))
# Tests read the files where they lie; everything else serves the collected ones under names with a hash.
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
_hashed = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _plain if TESTING or DEBUG else _hashed},
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG

# -- security -----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if LOCAL and not TESTING:  # cookies do not tell ports apart: with one name, two clones would sign each other out
    SESSION_COOKIE_NAME = f"session_{hashlib.sha256(str(HOME).encode()).hexdigest()[:8]}"
if not LOCAL:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^salud/$"]  # asked from inside, without TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# -- API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mesa de Datos",
    "DESCRIPTION": "Published budgets, revenue and contracts of Mexican municipalities, each number with its file.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# -- logging ------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
