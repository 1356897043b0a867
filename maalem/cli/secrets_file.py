"""The installation's own secrets, made at the first start and kept in one 0600 file.

An operator who sets the environment variables keeps them wherever secrets are kept; what is set
there always wins over this file.
"""

import base64
import json
import os
import secrets
from pathlib import Path

from maalem.kit.ids import secret

FILE = "secrets.json"


def load(home: Path) -> dict[str, str]:
    """Environment variables by name, from `home/secrets.json`, made where it is missing."""
    path = home / FILE
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: made for name, made in _fresh().items() if name not in known}
    if missing:
        known |= missing
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(known, indent=1))
        fresh.replace(path)
    return {name: os.environ.get(name, value) for name, value in known.items()}


def _fresh() -> dict[str, str]:
    return {
        "MAALEM_SECRET_KEY": secrets.token_urlsafe(50),
        "MAALEM_STRIPE_API_KEY": secret("sk_test_", length=32),
        "MAALEM_LIVE_API_KEY": secret("sk_live_", length=32),
        "MAALEM_STRIPE_WEBHOOK_SECRET": secret("whsec_", length=32),
        "MAALEM_VAULT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "MAALEM_FINGERPRINT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
