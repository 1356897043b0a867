"""`maalem officers`: who may say yes, and the keys by which they are known."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maalem.cli import desk

if TYPE_CHECKING:
    from maalem.payments.context import Payments

KEY, KEY_FILE = "MAALEM_OFFICER_KEY", "MAALEM_OFFICER_KEY_FILE"


def officers(words: Any) -> int:
    """List, add or revoke; 1 where it can't be, 2 where nobody was named."""
    if words.deed == "list":
        return desk.at_the_desk(_listed, live=words.live, nothing="there are no officers yet")
    if not words.name:
        return desk.say(f'maalem officers {words.deed} "HER NAME"', status=2)

    async def done(payments: "Payments") -> str:
        if words.deed == "revoke":
            return await end_key(payments, words.name)
        return await _added(payments, words.name, to=words.to)

    return desk.at_the_desk(done, live=words.live)


def key_of(words: Any) -> str:
    """The officer's key: from the file that was named, or the environment; "" for none."""
    named = words.key or os.environ.get(KEY_FILE, "")
    if not named:
        return os.environ.get(KEY, "")
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        desk.say(f"can't read the key in {named}: {trouble}")
        return ""


async def _listed(payments: "Payments") -> str:
    rows = await payments.pool.fetch(
        "SELECT o.id, o.name, k.hint, k.created_at, k.last_used_at FROM officers o"
        " LEFT JOIN api_keys k ON k.officer_id = o.id AND k.revoked_at IS NULL ORDER BY o.name"
    )
    return "\n".join(
        f"{row['id']}  {row['name']}  "
        + (f"{row['hint']}  since {row['created_at']:%Y-%m-%d}" if row["hint"] else "no key")
        for row in rows
    )


async def _added(payments: "Payments", name: str, *, to: str) -> str:
    """Make her key and print it once, or write it to a file of hers that nobody else reads."""
    from maalem.payments.accounts import officers
    from maalem.payments.bootstrap import PLATFORM

    # The file comes first: a key that was made and can't be handed over would be in the way.
    try:
        place = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600) if to else None
    except OSError as trouble:
        raise officers.NoOfficer(f"can't make the file {to}: {trouble.strerror}") from None
    try:
        clear, key = await officers.add(
            payments.pool,
            name,
            account_id=PLATFORM,
            at=payments.clock.now(),
            fingerprint_key=payments.config.fingerprint_key,
        )
    except BaseException:
        if place is not None:
            os.close(place)
            os.unlink(to)
        raise
    if place is None:
        return f"{key.name} is an officer. Her key, shown this once:\n{clear}"
    with os.fdopen(place, "w") as file:
        file.write(clear + "\n")
    return f"{key.name} is an officer. Her key is in {to}: hand it to her, and keep no copy."


async def end_key(payments: "Payments", name: str) -> str:
    """End her key at once, and take back what it said yes to and has not left.

    In this order: once the key is ended, nothing more is said with it. Typed again, it does what
    is left of it.
    """
    from maalem.kit.text import fold
    from maalem.payments import store
    from maalem.payments.accounts.keys import ApiKey
    from maalem.payments.accounts.officers import NoOfficer, OfficerRow
    from maalem.payments.records import changed
    from maalem.payments.settlement import making
    from maalem.payments.units import ChangedMeanwhile, Unit

    officer = await store.first(payments.pool, OfficerRow, "folded = $1", fold(name))
    if officer is None:
        raise NoOfficer(f"nobody called {name} is an officer")
    held = "revoked_at IS NULL AND officer_id = $1"
    key = await store.first(payments.pool, ApiKey, held, officer.id)
    if key is not None:
        ended = changed(key, revoked_at=payments.clock.now())
        await payments.writer.commit(Unit().put(ended))
    while True:
        without, unit = await making.taken_back(payments, officer.id)
        try:
            await payments.writer.commit(unit)
        except ChangedMeanwhile:
            continue
        break
    proposed = await payments.pool.fetch(
        "SELECT d.id FROM desk_deeds d JOIN api_keys k ON k.id = d.officer_key"
        " WHERE d.status = 'proposed' AND d.officer_id = $1 AND k.revoked_at IS NOT NULL",
        officer.id,
    )
    lines = [f"{officer.name} has no key any more."]
    lines += [f"{one.id} has {one.approvals} of {one.approvals_needed} yeses." for one in without]
    lines += [f"{row['id']}, which she proposed, can only be withdrawn." for row in proposed]
    return "\n".join(lines)
