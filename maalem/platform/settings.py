"""Settings of the platform, read from the environment once. docs/settings.md lists them."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

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
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


DATABASES = {
    "default": database(
        os.environ.get("MAALEM_PLATFORM_DATABASE_URL", "postgresql:///maalem_platform")
    )
}

INSTALLED_APPS = [
    "maalem.platform.ground.site",
    "maalem.platform.ground.jobs",
    "maalem.platform.ground.places",
    "maalem.platform.ground.people",
    "maalem.platform.ground.gateway",
    "maalem.platform.ground.notices",
    "maalem.platform.craft.artisans",
    "maalem.platform.market.catalog",
    "maalem.platform.market.cart",
    "maalem.platform.market.orders",
    "maalem.platform.market.checkout",
    "maalem.platform.market.studio",
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
    "django_htmx",
    "phonenumber_field",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "maalem.platform.urls"
WSGI_APPLICATION = "maalem.platform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- people --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"

# --- languages -----------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("ar", "العربية"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Africa/Casablanca"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "MA"
PHONENUMBER_DB_FORMAT = "E164"

# --- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
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
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
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
