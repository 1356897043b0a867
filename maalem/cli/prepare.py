"""What must be true before the services start: schemas, translations, static files, our account."""

import asyncio
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maalem.cli.texts import compile_texts

if TYPE_CHECKING:
    from maalem.payments.config import Config

# The files in the installation's folder where the demo keeps its officers' keys.
DEMO_OFFICERS = {"naima.key": "Naïma Oubella", "youssef.key": "Youssef Benjelloun"}


def prepare() -> None:
    """Migrate the databases, compile texts, collect static files, open the platform's account."""
    from maalem.payments import db

    for dsn in books():
        asyncio.run(db.migrate(dsn))
    asyncio.run(_open_platform_accounts())
    compile_texts()
    _prepare_platform()


def books() -> list[str]:
    """The owner's URLs of the payments databases: test and, where it is on, live."""
    live = os.environ.get("MAALEM_PAYMENTS_LIVE_DATABASE_URL", "")
    live_admin = os.environ.get("MAALEM_PAYMENTS_LIVE_ADMIN_DATABASE_URL") or live
    return [os.environ["MAALEM_PAYMENTS_ADMIN_DATABASE_URL"], *([live_admin] if live else [])]


def _prepare_platform() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    import django
    from django.core.management import call_command

    django.setup()
    # With Django's checks, which a call from code leaves out: a wrong setting stops here.
    call_command("migrate", verbosity=1, interactive=False, skip_checks=False)
    call_command("collectstatic", verbosity=0, interactive=False)


async def _open_platform_accounts() -> None:
    """The platform is a customer of the payment institution like any other: a key, a webhook.

    It has an account in each mode; the shop hears of the one that its own key opens.
    """
    from maalem.payments import bootstrap, db
    from maalem.payments.config import Config
    from maalem.platform.inbox.states import HEARD, HEARD_OF_SELLERS

    settings = Config.from_env()
    used = os.environ["MAALEM_STRIPE_API_KEY"]
    for dsn, live in zip(books(), (False, True), strict=False):
        named = "MAALEM_LIVE_API_KEY" if live else "MAALEM_STRIPE_API_KEY"
        key = used if used.startswith("sk_live_") == live else os.environ.get(named, "")
        if not key.startswith("sk_live_" if live else "sk_test_"):
            continue  # nobody of the platform has a key of this mode
        pool = await db.connect(dsn, size=2)
        try:
            await bootstrap.ensure_platform(
                pool,
                secret_key=key,
                webhook_url=_webhooks() if key == used else None,
                webhook_secret=os.environ["MAALEM_STRIPE_WEBHOOK_SECRET"],
                events=HEARD,
                connected=HEARD_OF_SELLERS,
                config=settings.of_mode(live=live),
            )
            if os.environ.get("MAALEM_DEMO") and not live:
                await _make_demo_officers(pool, settings)
        finally:
            await pool.close()


async def _make_demo_officers(pool: Any, settings: "Config") -> None:
    """The demo's two officers, each with her key in a file of the home, unless they have keys."""
    from maalem.kit.clock import SystemClock
    from maalem.payments.accounts import officers
    from maalem.payments.bootstrap import PLATFORM

    folder = Path(os.environ.get("MAALEM_HOME", "var")) / "officers"
    folder.mkdir(mode=0o700, exist_ok=True)
    for file, name in DEMO_OFFICERS.items():
        with contextlib.suppress(officers.NoOfficer):
            clear, _ = await officers.add(
                pool,
                name,
                account_id=PLATFORM,
                at=SystemClock().now(),
                fingerprint_key=settings.fingerprint_key,
            )
            kept = folder / file
            kept.touch(mode=0o600)
            kept.write_text(clear + "\n")


def _webhooks() -> str:
    return os.environ["MAALEM_PLATFORM_URL"] + "/webhooks/payments"


def load_demo() -> None:
    """Fill an empty platform with the demo; a second run changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    import django

    django.setup()
    from maalem.cli.progress import Progress
    from maalem.demo import load

    progress = Progress()
    load.load(
        progress=progress,
        artisans=int(os.environ.get("MAALEM_DEMO_ARTISANS", "260")),
        products=int(os.environ.get("MAALEM_DEMO_PRODUCTS", "1600")),
    )
    progress.close()
