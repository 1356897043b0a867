"""The page on which a bank or a wallet asks its holder, for payments and for setups alike."""

from typing import Any, Literal

from maalem.kit.ids import secret
from maalem.payments.config import Config
from maalem.payments.rails.ports import ChallengeRequired

Page = Literal["3ds", "wallet"]
LIVE = "live_"


def page_token(known: str | None, *, config: Config) -> str:
    """What opens an attempt's page: the one it has, or a new one.

    It says whose books it belongs to, for a payer's browser brings nothing else to tell by.
    """
    return known or secret(LIVE if config.live else "", length=40)


def traits(answer: ChallengeRequired, *, token: str) -> dict[str, Any]:
    """What an attempt keeps of the question that is asked."""
    return {"challenge": answer.challenge, "token": token, "expires_at": answer.expires_at}


def next_action(page: Page, token: str, *, return_url: str | None, config: Config) -> Any:
    """The wire's `next_action`: where the payer's browser has to go, and comes back from."""
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {
            "url": f"{config.payments_url}/hosted/{page}/{token}",
            "return_url": return_url,
        },
    }
