"""Links by which somebody tells us herself what her account still needs.

A link is good for one visit within minutes: whoever opens it first gets a visit of an hour in her
browser. What is in the address afterwards opens nothing, so a link that is passed on, found in a
history or opened by a machine that looks at messages gives nobody's papers away.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, ClassVar

from maalem.kit.ids import new_id, secret
from maalem.payments.mode import livemode
from maalem.payments.records import Record, changed, epoch

LIVES, VISIT_LASTS = timedelta(minutes=5), timedelta(hours=1)
ONBOARDING, UPDATE = "account_onboarding", "account_update"
CURRENTLY, EVENTUALLY = "currently_due", "eventually_due"
# A page's address says whose books it belongs to, as those of challenges do.
LIVE = "live_"


class AccountLink(Record, kw_only=True, frozen=True):
    """A link for `account_id`. `digest` is that of the word in its address, `visit_digest` that of
    the word in the browser that opened it."""

    TABLE: ClassVar[str] = "account_links"

    account_id: str
    platform_id: str
    type: str
    collect: str = CURRENTLY
    digest: str
    refresh_url: str
    return_url: str
    expires_at: datetime
    visit_digest: str | None = None
    visit_until: datetime | None = None
    created_at: datetime


def digest_of(word: str) -> str:
    """What is kept of a secret word of 40 random letters."""
    return hashlib.sha256(word.encode()).hexdigest()


def new_link(
    *,
    account_id: str,
    platform_id: str,
    type: str,
    collect: str,
    refresh_url: str,
    return_url: str,
    at: datetime,
) -> tuple[str, AccountLink]:
    """(the word in its address, the link)."""
    word = secret(LIVE if livemode() else "", length=40)
    return word, AccountLink(
        id=new_id("alink"),
        account_id=account_id,
        platform_id=platform_id,
        type=type,
        collect=collect,
        digest=digest_of(word),
        refresh_url=refresh_url,
        return_url=return_url,
        expires_at=at + LIVES,
        created_at=at,
    )


def opened(link: AccountLink, *, at: datetime) -> tuple[str, AccountLink] | None:
    """(the word for the browser, the link as it is then); None where it is used or too old."""
    if link.visit_digest is not None or link.expires_at <= at:
        return None
    word = secret("", length=40)
    return word, changed(link, visit_digest=digest_of(word), visit_until=at + VISIT_LASTS)


def admits(link: AccountLink, word: str | None, *, at: datetime) -> bool:
    """Whether a browser with that word may go on with the visit."""
    if not word or link.visit_digest is None or link.visit_until is None or link.visit_until <= at:
        return False
    return hmac.compare_digest(link.visit_digest, digest_of(word))


def account_link(record: AccountLink, *, word: str, payments_url: str) -> dict[str, Any]:
    """The `account_link` object. It has no id, as on Stripe's wire."""
    return {
        "object": "account_link",
        "created": epoch(record.created_at),
        "expires_at": epoch(record.expires_at),
        "url": f"{payments_url}/onboarding/{word}",
    }
