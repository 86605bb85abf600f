"""Django's settings, made from the operator's configuration."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from safelight.project.configuration import read_configuration
from safelight.project.databases import databases

CONFIGURATION = read_configuration()
PACKAGE = Path(__file__).resolve().parent.parent

SAFELIGHT_HOME = CONFIGURATION.home
SAFELIGHT_DEMO = CONFIGURATION.is_demo
SECRET_KEY = CONFIGURATION.secret_key or "unset"
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = list(CONFIGURATION.allowed_hosts)

INSTALLED_APPS = [
    "safelight.vault.keystore",
    "safelight.audit",
    "safelight.vault",
    "safelight.institution",
    "safelight.patients",
    "safelight.people",
    "safelight.photos",
    "safelight.consent",
    "safelight.capture",
    "safelight.release",
    "safelight.redaction",
    "safelight.consulting",
    "safelight.sharing",
    "safelight.exporting",
    "safelight.teaching",
    "safelight.library",
    "safelight.publishing",
    "safelight.recall",
    "safelight.web",
    "safelight.project",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
]

MIDDLEWARE = [
    "safelight.web.draining.DrainingMiddleware",
    "safelight.web.safety.FreshPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "safelight.web.presence.PresenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "safelight.web.refusals.FormsOnlyMiddleware",
]

ROOT_URLCONF = "safelight.project.urls"
WSGI_APPLICATION = "safelight.project.wsgi.application"
AUTH_USER_MODEL = "people.StaffMember"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "safelight.web.context.house",
            ],
        },
    }
]

DATABASES = databases(CONFIGURATION)
DATABASE_ROUTERS = ["safelight.project.databases.KeystoreRouter"]

SESSION_ENGINE = "safelight.people.sessions"
SESSION_COOKIE_NAME = "safelight"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "safelight.web.refusals.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not SAFELIGHT_DEMO:
    # Browsers take a cookie of such a name from this very host alone, and over TLS: no neighbour
    # under the same domain can plant a session of its own.
    SESSION_COOKIE_NAME = "__Host-safelight"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Nothing that a browser sends may be written to a temporary file in clear.
FILE_UPLOAD_HANDLERS = ["safelight.web.bodies.NoFiles"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

ACCOUNT_ADAPTER = "safelight.web.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # read though nobody signs up
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False  # a department may share one; nobody signs in with it
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
# allauth counts in a cache that each process has for itself; web/limits.py counts for all of them.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIGURATION.trusted_proxies
MFA_ADAPTER = "safelight.web.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True

LANGUAGE_CODE = "en-gb"
# Of the pages of staff. The patient's pages speak whatever a form is written in (web/portal/door.py).
LANGUAGES = [("en-gb", "English"), ("en", "English (United States)")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "safelight.project.formats"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "clinic:today"
LOGOUT_REDIRECT_URL = "account_login"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "safelight.project.logs.QuietFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Refusals are told to the record of events, with their reasons; a log would only repeat paths.
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Scanners and health checks that ask for another host are refused, and are no news.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
