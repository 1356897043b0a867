"""django-hordak as its documentation sets it up, on the run's PostgreSQL."""

import json
import os

_given = json.loads(os.environ["PEER_DATABASE"])
SECRET_KEY = "bench"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _given["host"],
        "USER": _given["username"],
        "PASSWORD": _given["password"],
        "NAME": _given["database"],
        "CONN_MAX_AGE": None,
    }
}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "mptt",
    "hordak",
]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
DEFAULT_CURRENCY = "MAD"
CURRENCIES = ["MAD"]
