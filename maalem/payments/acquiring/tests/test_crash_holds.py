"""The service is killed while a hold is raised or taken in part, and while a card is set up."""

import uuid
from typing import Any

from maalem.payments.acquiring.tests.test_crash import PAY, Doomed, doomed

__all__ = ["doomed"]
HOLD = {
    **PAY,
    "capture_method": "manual",
    "payment_method_options[card][request_multicapture]": "if_available",
    "payment_method_options[card][request_incremental_authorization]": "if_available",
}


def killed(doomed: Doomed, path: str, data: dict[str, str]) -> Any:
    """Ask, die while the network is silent, come back, and ask again with the same key."""
    key = uuid.uuid4().hex
    doomed.conduct(3_000)
    request = doomed.in_background(path, data, key=key)
    doomed.wait_for("SELECT 1 FROM idempotency_keys WHERE key = %s", key)
    doomed.kill()
    request.join()
    doomed.conduct(0)
    doomed.restart()
    answer = doomed.insist(path, data, key=key)
    assert answer.status_code == 200, answer.text
    again = doomed.insist(path, data, key=key)
    assert again.content == answer.content
    return answer.json()


def test_a_rise_and_the_parts_of_a_hold_survive_a_kill(doomed):
    """P1: each moves money once, though the process died in the middle of it."""
    held = doomed.insist("payment_intents", HOLD, key=uuid.uuid4().hex).json()["id"]
    path = f"payment_intents/{held}"
    more = killed(doomed, f"{path}/increment_authorization", {"amount": "1500"})
    assert (more["amount"], more["amount_capturable"]) == (1_500, 1_500)
    part = {"amount_to_capture": "400", "final_capture": "false"}
    taken = killed(doomed, f"{path}/capture", part)
    assert (taken["amount_received"], taken["amount_capturable"]) == (400, 1_100)
    done = killed(doomed, f"{path}/cancel", {})
    assert (done["status"], done["amount_received"]) == ("succeeded", 400)
    moved = doomed.service.rows("SELECT amount, amount_captured FROM charges")
    assert moved == [(1_500, 400)]
    assert doomed.service.rows("SELECT count(*) FROM followups") == [(3,)]


def test_a_card_that_is_being_set_up_survives_a_kill(doomed):
    """P1: the same setup goes on, and its issuer is asked once."""
    customer = doomed.insist("customers", {}, key=uuid.uuid4().hex).json()["id"]
    data = {"customer": customer, "payment_method": "pm_card_visa", "confirm": "true"}
    setup = killed(doomed, "setup_intents", data)
    assert setup["status"] == "succeeded"
    assert doomed.service.rows("SELECT count(*) FROM setup_attempts") == [(1,)]
    assert doomed.service.rows("SELECT count(*) FROM simulator.answers") == [(1,)]
    kept = doomed.service.rows("SELECT customer_id FROM payment_methods")
    assert kept == [(customer,)]
