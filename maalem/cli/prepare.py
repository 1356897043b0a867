"""What must be true before the services start: schemas, translations, static files, our account."""

import asyncio
import os

from maalem.cli.texts import compile_texts


def prepare() -> None:
    """Migrate both databases, compile texts, collect static files, open the platform's account."""
    from maalem.payments import db

    asyncio.run(db.migrate(os.environ["MAALEM_PAYMENTS_ADMIN_DATABASE_URL"]))
    asyncio.run(_open_platform_account())
    compile_texts()
    _prepare_platform()


def _prepare_platform() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=1, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


async def _open_platform_account() -> None:
    """The platform is a customer of the payment institution like any other: a key, a webhook."""
    from maalem.payments import bootstrap, db
    from maalem.platform.inbox.states import HEARD

    pool = await db.connect(os.environ["MAALEM_PAYMENTS_ADMIN_DATABASE_URL"], size=2)
    try:
        await bootstrap.ensure_platform(
            pool,
            secret_key=os.environ["MAALEM_STRIPE_API_KEY"],
            webhook_url=os.environ["MAALEM_PLATFORM_URL"] + "/webhooks/payments",
            webhook_secret=os.environ["MAALEM_STRIPE_WEBHOOK_SECRET"],
            events=HEARD,
        )
    finally:
        await pool.close()


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
