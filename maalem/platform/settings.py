"""Settings of the platform, read from the environment once. docs/settings.md lists them."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from maalem import design

BASE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("MAALEM_HOME", "var")).resolve()

DEMO = os.environ.get("MAALEM_DEMO", "") == "1"
DEBUG = os.environ.get("MAALEM_DEBUG", "") == "1"
PLATFORM_URL = os.environ.get("MAALEM_PLATFORM_URL", "http://localhost:8000").rstrip("/")
PAYMENTS_URL = os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010").rstrip("/")
STRIPE_API_KEY = os.environ.get("MAALEM_STRIPE_API_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("MAALEM_STRIPE_WEBHOOK_SECRET", "")
GATEWAY = "maalem.platform.ground.gateway.live.Live"
SECRET_KEY = os.environ.get("MAALEM_SECRET_KEY", "only-for-tests-" + "0" * 40)

_SECURE = PLATFORM_URL.startswith("https://")
if _SECURE and "MAALEM_SECRET_KEY" not in os.environ:
    raise ImproperlyConfigured("set MAALEM_SECRET_KEY: the one in the source is no secret")
ALLOWED_HOSTS = [urlsplit(PLATFORM_URL).hostname or "localhost"]
if not _SECURE:
    # At home and in tests the shop is reached by several names of one machine.
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [PLATFORM_URL]


def database(url: str) -> dict[str, object]:
    """Django's words for a libpq URL (`?host=` may name a folder of sockets)."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "maalem.platform.ground.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # What is asked a second time is not planned anew by the server.
        "OPTIONS": {"connect_timeout": 5, "server_side_binding": True, "prepare_threshold": 2},
    }


DATABASES = {
    "default": database(
        os.environ.get("MAALEM_PLATFORM_DATABASE_URL", "postgresql:///maalem_platform")
    )
}

INSTALLED_APPS = [
    "maalem.platform.ground.site",
    "maalem.platform.ground.pictures",
    "maalem.platform.ground.sounds",
    "maalem.platform.ground.jobs",
    "maalem.platform.ground.places",
    "maalem.platform.ground.rates",
    "maalem.platform.ground.people",
    "maalem.platform.ground.gateway",
    "maalem.platform.ground.notices",
    "maalem.platform.craft.artisans",
    "maalem.platform.market.commission",
    "maalem.platform.market.catalog",
    "maalem.platform.market.cart",
    "maalem.platform.market.shipping",
    "maalem.platform.market.imports",
    "maalem.platform.market.orders",
    "maalem.platform.market.reviews",
    "maalem.platform.market.moderation",
    "maalem.platform.market.onboarding",
    "maalem.platform.market.returns",
    "maalem.platform.market.inspections",
    "maalem.platform.market.conversations",
    "maalem.platform.market.assistance",
    "maalem.platform.market.makers",
    "maalem.platform.market.invoices",
    "maalem.platform.market.checkout",
    "maalem.platform.market.studio",
    "maalem.platform.market.till",
    "maalem.platform.inbox",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "phonenumber_field",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "maalem.platform.ground.site.squeeze.Squeeze",
    "maalem.platform.ground.site.swaps.Onward",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "maalem.platform.ground.site.policy.guard",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "maalem.platform.urls"
WSGI_APPLICATION = "maalem.platform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "maalem.platform.ground.site.folding.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "maalem.platform.ground.notices.context.demo_inbox",
                "maalem.platform.ground.notices.context.unread_notices",
                "maalem.platform.market.cart.context.cart_count",
            ],
        },
    }
]

# --- people --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
SESSION_COOKIE_AGE = 30 * 24 * 3600
ACCOUNT_ADAPTER = "maalem.platform.ground.people.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
# One of the two is asked for in one field, so allauth sees two optional ones and warns.
ACCOUNT_SIGNUP_FIELDS = ["phone", "email"]
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {
    "login": "maalem.platform.ground.people.forms.LoginForm",
    "signup": "maalem.platform.ground.people.forms.SignupForm",
    "confirm_login_code": "maalem.platform.ground.people.forms.ConfirmLoginCodeForm",
    "verify_phone": "maalem.platform.ground.people.forms.VerifyPhoneForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "signup": "20/m/ip",
    # Each is a message that somebody pays for; the key is the number or the address.
    "request_login_code": "20/m/ip,5/m/key,30/d/key",
    # A review with photos, a word to a workshop; asking an officer to look at a review.
    "write_review": "60/h/ip",
    "write_word": "60/h/ip",
    "report_review": "10/h/ip",
    # The form has counted already: a second count would stop between two pages.
    "verify_phone": "",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if os.environ.get("MAALEM_TLS_PROXY", "") == "1" else 0
# Rooms above the people, named here because nobody below may import them.
TELL = "maalem.platform.ground.notices.actions.notify"
LANDING = "maalem.platform.market.studio.queries.landing"

# Shared by all processes: limits are kept here. `local` is each process's own, for what is cheap
# to make again.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "platform_cache",
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- languages -----------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("ar", "العربية"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Africa/Casablanca"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "MA"
PHONENUMBER_DB_FORMAT = "E164"

# --- prices in other money -----------------------------------------------------------------------
# A rate is used on its day and on so many days after it: a weekend and feasts are bridged.
RATE_DAYS = int(os.environ.get("MAALEM_RATE_DAYS", "7"))

# --- fair prices ---------------------------------------------------------------------------------
# An hour of work that brings less than this (centimes) is told to the artisan as too little. It is
# whoever runs the platform who sets it; 0 says nothing.
HOURLY_FLOOR_MINOR = int(os.environ.get("MAALEM_HOURLY_FLOOR", "1800"))

# --- parcels abroad ------------------------------------------------------------------------------
# A file of duties that the operator has verified; its rows go before the committed ones.
DUTIES = os.environ.get("MAALEM_DUTIES", "")
# The hubs where pieces are looked at before they leave: a file of the operator, or none.
HUBS = os.environ.get("MAALEM_HUBS", "")
# The relay points where a buyer may collect her parcel: a file of the operator, or none.
RELAYS = os.environ.get("MAALEM_RELAYS", "")

# --- invoices ------------------------------------------------------------------------------------
# A file of rules of VAT that the operator has verified; its rows go before the committed ones.
TAXES = os.environ.get("MAALEM_TAXES", "")

# --- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [design.STATIC]
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- security ------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE
SECURE_SSL_REDIRECT = _SECURE and os.environ.get("MAALEM_TLS_PROXY", "") != "1"
if os.environ.get("MAALEM_TLS_PROXY", "") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "maalem.platform.ground.site.trouble.stale_form"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        # What was just recorded is heard before it is sent.
        "media-src": ["'self'", "blob:"],
        "form-action": ["'self'", PAYMENTS_URL],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

# --- words outside a page ------------------------------------------------------------------------
EMAIL_BACKEND = os.environ.get(
    "MAALEM_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = os.environ.get("MAALEM_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("MAALEM_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("MAALEM_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MAALEM_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("MAALEM_SMTP_TLS", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("MAALEM_FROM_EMAIL", "Maalem <bonjour@maalem.example>")
SMS_SENDER = os.environ.get(
    "MAALEM_SMS_SENDER", "maalem.platform.ground.notices.carriers.ConsoleSms"
)
SMS_URL = os.environ.get("MAALEM_SMS_URL", "")
SMS_TOKEN = os.environ.get("MAALEM_SMS_TOKEN", "")
SMS_FROM = os.environ.get("MAALEM_SMS_FROM", "Maalem")

# --- work that follows ---------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": int(os.environ.get("MAALEM_WORKER_CONCURRENCY", "4")),
    "delete_jobs": "successful",
    "shutdown_graceful_timeout": 15,
}
