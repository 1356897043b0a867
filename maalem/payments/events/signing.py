"""An endpoint's secrets as they are kept: sealed by the vault's data keys, for their account.

Bound to the account, so that a sealed secret opens beside no other's endpoints.
"""

from datetime import datetime, timedelta

from maalem.payments.events.records import Endpoint
from maalem.payments.records import changed
from maalem.payments.vault.papers import Papers

CLEAR = "whsec_"
OVERLAP_MAX = timedelta(days=7)


async def sealed(papers: Papers, clear: str, *, account_id: str) -> str:
    """A secret as it is kept."""
    return await papers.seal(clear.encode(), place=account_id)


async def opened(papers: Papers, kept: str, *, account_id: str) -> str:
    """A secret in clear, also one that was kept so. Raises `WrongKey`."""
    if kept.startswith(CLEAR):
        return kept
    return (await papers.open(kept, place=account_id)).decode()


def rolled(endpoint: Endpoint, fresh: str, *, at: datetime, lives_on: timedelta) -> Endpoint:
    """The endpoint with the sealed secret `fresh`; the one before signs for `lives_on` more.

    A still older one, should there be one, ends now: two sign, never three.
    """
    both = bool(lives_on)
    return changed(
        endpoint,
        secret=fresh,
        previous_secret=endpoint.secret if both else None,
        previous_until=at + lives_on if both else None,
    )
