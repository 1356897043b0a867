"""Keys and endpoints: made, replaced, ended, and told again. Each is written down with who did it.

A secret comes back once. Where the answer was lost the thing exists, without anybody who has seen
its secret: it is put in place of by another then.
"""

from maalem.platform.ground.gateway import tools as gateway
from maalem.platform.ground.gateway.records import Endpoint, Key
from maalem.platform.ground.people.models import Person
from maalem.platform.market.till import deeds
from maalem.platform.market.till.access import Till


def make_key(
    till: Till, *, kind: str, name: str, permissions: dict[str, str], token: str, by: Person
) -> Key:
    """A new key. Raises Refused or Unknown."""
    made = gateway.make_key(
        till.account, kind=kind, name=name, permissions=permissions, key=f"till-key-{token}"
    )
    deeds.note(till, "key_made", about=made.id, by=by, words=f"{kind} {made.hint} {name}")
    return made


def roll_key(till: Till, which: str, *, lives_on_s: int, token: str, by: Person) -> Key:
    """Another in its place. Raises Refused or Unknown."""
    key = f"till-roll-{which}-{token}"
    made = gateway.roll_key(which, lives_on_s=lives_on_s, key=key, account=till.account)
    deeds.note(till, "key_rolled", about=which, by=by, words=made.hint)
    return made


def revoke_key(till: Till, which: str, *, token: str, by: Person) -> None:
    """End it at once. Raises Refused or Unknown."""
    ended = gateway.revoke_key(which, key=f"till-revoke-{which}-{token}", account=till.account)
    deeds.note(till, "key_revoked", about=which, by=by, words=ended.hint)


def make_endpoint(
    till: Till, *, url: str, events: tuple[str, ...], words: str, token: str, by: Person
) -> Endpoint:
    """Another address to hear at. Raises Refused or Unknown."""
    made = gateway.make_endpoint(
        till.account, url=url, events=events, words=words, key=f"till-hook-{token}"
    )
    deeds.note(till, "endpoint_made", about=made.id, by=by, words=url)
    return made


def switch_endpoint(till: Till, which: str, *, is_on: bool, token: str, by: Person) -> None:
    """Send there, or not for now. Raises Refused or Unknown."""
    key = f"till-switch-{which}-{token}"
    gateway.switch_endpoint(which, is_on=is_on, key=key, account=till.account)
    deeds.note(till, "endpoint_on" if is_on else "endpoint_off", about=which, by=by)


def drop_endpoint(till: Till, which: str, *, token: str, by: Person) -> None:
    """Forget it. Raises Refused or Unknown."""
    gateway.drop_endpoint(which, key=f"till-drop-{which}-{token}", account=till.account)
    deeds.note(till, "endpoint_dropped", about=which, by=by)


def roll_endpoint(till: Till, which: str, *, lives_on_s: int, token: str, by: Person) -> Endpoint:
    """Another secret. Raises Refused or Unknown."""
    key = f"till-roll-{which}-{token}"
    made = gateway.roll_endpoint(which, lives_on_s=lives_on_s, key=key, account=till.account)
    deeds.note(till, "endpoint_rolled", about=which, by=by)
    return made


def tell_again(till: Till, which: str, *, event: str, token: str, by: Person) -> None:
    """One event once more, now. Raises Refused or Unknown."""
    key = f"till-again-{which}-{token}"
    gateway.tell_again(event, endpoint=which, key=key, account=till.account)
    deeds.note(till, "told_again", about=which, by=by, words=event)


def tell_missed(till: Till, which: str, *, since: int, token: str, by: Person) -> int:
    """All that it has not heard since then; how many events go. Raises Refused or Unknown."""
    key = f"till-missed-{which}-{token}"
    count = gateway.tell_missed(which, since=since, key=key, account=till.account)
    deeds.note(till, "told_again", about=which, by=by, words=str(count))
    return count
