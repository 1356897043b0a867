"""A payment is disputed and defended with a document, through the official stripe SDK.

    MAALEM_PAYMENTS_URL=http://localhost:8010 MAALEM_STRIPE_API_KEY=sk_test_… \
        python examples/dispute.py

The card `pm_card_createDispute` is disputed a few seconds after it has paid, and the evidence
`winning_evidence` wins. What it prints is examples/dispute.txt.
"""

import io
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import stripe


def main() -> None:
    """Pay, be disputed, lay a delivery slip by, hand it in, win; give in to another one."""
    url = os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")
    bank = stripe.StripeClient(
        os.environ["MAALEM_STRIPE_API_KEY"], base_addresses={"api": url, "files": url}
    )
    dispute = disputed(bank)
    taken = dispute.balance_transactions[0]
    say("a dispute", dispute.status, dispute.reason, dispute.amount)
    say("taken from the balance meanwhile", taken.type, taken.net)

    slip = io.BytesIO(b"%PDF-1.7 signed for by Claire Martin")
    document = bank.v1.files.create(params={"purpose": "dispute_evidence", "file": slip})
    say("a delivery slip", document.type, f"{document.size} bytes")
    dispute = bank.v1.disputes.update(
        dispute.id,
        params={
            "evidence": {
                "customer_name": "Claire Martin",
                "shipping_documentation": document.id,
            },
            "submit": False,
        },
    )
    say("laid by, not handed in yet", dispute.status, dispute.evidence_details.submission_count)
    dispute = bank.v1.disputes.update(
        dispute.id, params={"evidence": {"uncategorized_text": "winning_evidence"}}
    )
    say("handed in", dispute.status, dispute.evidence_details.submission_count)
    won = eventually(lambda: ended(bank.v1.disputes.retrieve(dispute.id)))
    say("decided", won.status, [line.net for line in won.balance_transactions])

    given_up = bank.v1.disputes.close(disputed(bank).id)
    say("another one, given in to", given_up.status)
    try:
        bank.v1.disputes.close(given_up.id)
    except stripe.InvalidRequestError as refusal:
        say("a second time is refused", refusal.http_status)


def disputed(bank: stripe.StripeClient) -> Any:
    """Pay with a card whose holder objects, and wait for the dispute."""
    paid = bank.v1.payment_intents.create(
        params={
            "amount": 28_000,
            "currency": "mad",
            "payment_method": "pm_card_createDispute",
            "confirm": True,
        }
    )
    found = eventually(
        lambda: bank.v1.disputes.list(params={"payment_intent": paid.id}).data,
    )
    return found[0]


def ended(dispute: Any) -> Any:
    """The dispute, if it has been decided."""
    return dispute if dispute.status in ("won", "lost") else None


def eventually(look: Callable[[], Any], *, within_s: float = 30.0) -> Any:
    """What `look` returns once there is something; a webhook would tell without asking."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.25)
    raise SystemExit("nothing happened: is the institution's worker running?")


def say(what: str, *facts: object) -> None:
    """One line of the walk."""
    sys.stdout.write(f"{what}: {', '.join(str(fact) for fact in facts)}\n")


if __name__ == "__main__":
    main()
