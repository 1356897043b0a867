"""What a client may want next, given what it was told so far."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from maalem.payments.rails.decide import PHONE_NO_FUNDS, PHONE_NO_WALLET, PHONE_SMALL_CAP
from maalem.payments.tests.simulation.clients import Wish
from maalem.payments.tests.simulation.payer import one_of

# (name, weight)
CARDS = (
    ("pm_card_visa", 6),
    ("pm_card_ma", 3),
    ("pm_card_bypassPending", 5),
    ("pm_card_visa_chargeDeclined", 1),
    ("pm_card_authenticationRequired", 2),
    ("pm_card_threeDSecure2Required", 1),
    ("pm_card_createDispute", 1),
    ("pm_card_createDisputeInquiry", 1),
    ("pm_card_createMultipleDisputes", 1),
)
# How often a wallet pays, and whose: hers, and those that can't.
BY_WALLET = 0.12
PHONES = (
    ("+212661000101", 5),
    (PHONE_NO_FUNDS, 1),
    (PHONE_NO_WALLET, 1),
    (PHONE_SMALL_CAP, 1),
)
RULE = "some_days"
FLEXIBLE = {
    "payment_method_options[card][request_multicapture]": "if_available",
    "payment_method_options[card][request_incremental_authorization]": "if_available",
}
Thing = dict[str, Any]


@dataclass
class Memory:
    """What a client was told, by the objects' ids. `sellers` are those it may name, and
    `customer` whom the platform keeps cards for."""

    sellers: list[str]
    customer: str
    things: dict[str, Thing] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)

    def learn(self, thing: Thing, *, of: str = "") -> None:
        """An object as it was told; `of` is the account in whose name it was asked for."""
        if thing.get("object") == "list":
            for one in thing["data"]:
                self.learn(one, of=of)
        elif "id" in thing:
            self.things[thing["id"]] = thing
            self.of[thing["id"]] = of

    def every(self, kind: str, **traits: Any) -> list[Thing]:
        """The objects of a kind with these traits, in the order in which they were told of."""
        return [
            thing
            for thing in self.things.values()
            if thing["object"] == kind and all(thing.get(k) == v for k, v in traits.items())
        ]


def _part(chooser: random.Random, whole: int) -> int:
    return whole if chooser.random() < 0.4 else chooser.randint(1, max(1, whole))


def _by_wallet(chooser: random.Random) -> dict[str, str]:
    return {
        "payment_method_data[type]": "wallet",
        "payment_method_data[wallet][phone]": one_of(chooser, PHONES),
    }


def _pay(chooser: random.Random, memory: Memory) -> Wish:
    data = {
        "amount": str(chooser.randint(100, 30_000)),
        "currency": "mad",
        "metadata[op]": "",
    }
    of, wallet = "", chooser.random() < BY_WALLET
    if wallet:
        data |= {"payment_method_types[]": "wallet"} | _by_wallet(chooser)
    else:
        data["payment_method"] = one_of(chooser, CARDS)
    if chooser.random() < 0.85:
        data["confirm"] = "true"
    if not wallet and chooser.random() < 0.3:
        data["capture_method"] = "manual"
        if chooser.random() < 0.6:
            data |= FLEXIBLE
    share = chooser.random()
    if share < 0.3:
        data["transfer_data[destination]"] = chooser.choice(memory.sellers)
    if share < 0.15:
        data["application_fee_amount"] = str(chooser.randint(1, int(data["amount"])))
    elif share > 0.9:
        of = chooser.choice(memory.sellers)
        data["application_fee_amount"] = str(chooser.randint(1, int(data["amount"])))
    return Wish("pay", "payment_intents", data, of)


def _pay_as_before(chooser: random.Random, memory: Memory) -> Wish | None:
    """With a card that was kept, while its holder is away."""
    kept = memory.every("setup_intent", status="succeeded")
    if not kept:
        return None
    data = {
        "amount": str(chooser.randint(100, 30_000)),
        "currency": "mad",
        "customer": memory.customer,
        "payment_method": chooser.choice(kept)["payment_method"],
        "off_session": "true",
        "confirm": "true",
        "metadata[op]": "",
    }
    return Wish("pay as before", "payment_intents", data)


def _set_up(chooser: random.Random, memory: Memory) -> Wish:
    data = {
        "customer": memory.customer,
        "payment_method": one_of(chooser, CARDS),
        "confirm": "true",
        "metadata[op]": "",
    }
    return Wish("set up", "setup_intents", data)


def _open_a_page(chooser: random.Random, memory: Memory) -> Wish:
    """A page on which a payer pays, see `payer.py`."""
    amount = chooser.randint(100, 30_000)
    data = {
        "line_items[0][price_data][currency]": "mad",
        "line_items[0][price_data][unit_amount]": str(amount),
        "line_items[0][price_data][product_data][name]": "Tapis",
        "success_url": "https://maalem.example/merci",
        "metadata[op]": "",
    }
    of = ""
    if chooser.random() < 0.3:
        data["payment_intent_data[transfer_data][destination]"] = chooser.choice(memory.sellers)
    elif chooser.random() < 0.2:
        of = chooser.choice(memory.sellers)
        data["payment_intent_data[application_fee_amount]"] = str(chooser.randint(1, amount))
    return Wish("open a page", "checkout/sessions", data, of)


def _keep_back(chooser: random.Random, memory: Memory) -> Wish | None:
    """Of a seller who was paid; whether she has it by now is another question."""
    paid = memory.every("payment_intent", status="succeeded")
    sellers = [memory.of[one["id"]] for one in paid if memory.of[one["id"]]]
    sellers += [one["transfer_data"]["destination"] for one in paid if one["transfer_data"]]
    if not sellers:
        return None
    data = {"rule": RULE, "currency": "mad"}
    return Wish("keep back", "reserves", data, chooser.choice(sellers))


def _give_fee_back(chooser: random.Random, memory: Memory) -> Wish | None:
    fees = memory.every("application_fee", refunded=False)
    if not fees:
        return None
    fee = chooser.choice(fees)
    data = {"metadata[op]": ""}
    if chooser.random() < 0.6:
        data["amount"] = str(_part(chooser, fee["amount"]))
    return Wish("give a fee back", f"application_fees/{fee['id']}/refunds", data)


def _confirm(chooser: random.Random, memory: Memory) -> Wish | None:
    ready = memory.every("payment_intent", status="requires_confirmation")
    ready += memory.every("payment_intent", status="requires_payment_method")
    if not ready:
        return None
    intent = chooser.choice(ready)
    if intent["payment_method_types"] == ["wallet"]:
        data = _by_wallet(chooser)
    else:
        data = {"payment_method": one_of(chooser, CARDS)}
    return Wish("confirm", f"payment_intents/{intent['id']}/confirm", data, memory.of[intent["id"]])


def _held(chooser: random.Random, memory: Memory) -> Thing | None:
    held = memory.every("payment_intent", status="requires_capture")
    return chooser.choice(held) if held else None


def _capture(chooser: random.Random, memory: Memory) -> Wish | None:
    intent = _held(chooser, memory)
    if intent is None:
        return None
    data = {}
    if chooser.random() < 0.6:
        data["amount_to_capture"] = str(_part(chooser, intent["amount_capturable"]))
        if intent["payment_method_options"] and chooser.random() < 0.5:
            data["final_capture"] = "false"
    of = memory.of[intent["id"]]
    return Wish("capture", f"payment_intents/{intent['id']}/capture", data, of)


def _increment(chooser: random.Random, memory: Memory) -> Wish | None:
    intent = _held(chooser, memory)
    if intent is None:
        return None
    data = {"amount": str(intent["amount"] + chooser.randint(1, 40_000))}
    path = f"payment_intents/{intent['id']}/increment_authorization"
    return Wish("increment", path, data, memory.of[intent["id"]])


def _cancel(chooser: random.Random, memory: Memory) -> Wish | None:
    known = [one for one in memory.every("payment_intent") if one["status"] != "succeeded"]
    if not known:
        return None
    intent = chooser.choice(known)
    of = memory.of[intent["id"]]
    return Wish("cancel", f"payment_intents/{intent['id']}/cancel", {}, of)


def _refund(chooser: random.Random, memory: Memory) -> Wish | None:
    paid = [one for one in memory.every("payment_intent") if one["amount_received"]]
    if not paid:
        return None
    intent = chooser.choice(paid)
    data = {"payment_intent": intent["id"], "metadata[op]": ""}
    if chooser.random() < 0.7:
        data["amount"] = str(_part(chooser, intent["amount_received"]))
    if intent["transfer_data"] and chooser.random() < 0.7:
        data["reverse_transfer"] = "true"
    if intent["application_fee_amount"] and chooser.random() < 0.5:
        data["refund_application_fee"] = "true"
    return Wish("refund", "refunds", data, memory.of[intent["id"]])


def _transfer(chooser: random.Random, memory: Memory) -> Wish | None:
    data = {
        "amount": str(chooser.randint(1, 15_000)),
        "currency": "mad",
        "destination": chooser.choice(memory.sellers),
        "metadata[op]": "",
    }
    paid = [
        one
        for one in memory.every("payment_intent", status="succeeded")
        if not memory.of[one["id"]]
    ]
    if paid and chooser.random() < 0.8:
        intent = chooser.choice(paid)
        data["source_transaction"] = intent["latest_charge"]
        data["amount"] = str(_part(chooser, intent["amount_received"]))
    return Wish("transfer", "transfers", data)


def _reverse(chooser: random.Random, memory: Memory) -> Wish | None:
    given = memory.every("transfer", reversed=False)
    if not given:
        return None
    one = chooser.choice(given)
    data = {"metadata[op]": ""}
    if chooser.random() < 0.6:
        data["amount"] = str(_part(chooser, one["amount"]))
    return Wish("reverse", f"transfers/{one['id']}/reversals", data)


def _pay_out(chooser: random.Random, memory: Memory) -> Wish:
    data = {
        "amount": str(chooser.randint(1, 12_000)),
        "currency": "mad",
        "metadata[op]": "",
    }
    return Wish("pay out", "payouts", data, chooser.choice(["", *memory.sellers]))


def _call_back(chooser: random.Random, memory: Memory) -> Wish | None:
    made = memory.every("payout", status="pending")
    if not made:
        return None
    one = chooser.choice(made)
    return Wish("call back", f"payouts/{one['id']}/cancel", {}, memory.of[one["id"]])


def _contest(chooser: random.Random, memory: Memory) -> Wish | None:
    known = memory.every("dispute", status="needs_response")
    known += memory.every("dispute", status="warning_needs_response")
    if not known:
        return None
    one = chooser.choice(known)
    of = memory.of[one["id"]]
    if chooser.random() < 0.25:
        return Wish("give in", f"disputes/{one['id']}/close", {}, of)
    words = chooser.choice(("winning_evidence", "losing_evidence", "escalate_inquiry_evidence"))
    data = {"evidence[uncategorized_text]": words}
    return Wish("contest", f"disputes/{one['id']}", data, of)


Choice = Callable[[random.Random, Memory], Wish | None]
CHOICES: tuple[tuple[Choice, int], ...] = (
    (_pay, 10),
    (_confirm, 3),
    (_capture, 4),
    (_increment, 1),
    (_cancel, 1),
    (_refund, 4),
    (_transfer, 3),
    (_reverse, 1),
    (_pay_out, 3),
    (_call_back, 1),
    (_contest, 3),
    (_open_a_page, 3),
    (_set_up, 2),
    (_pay_as_before, 3),
    (_keep_back, 3),
    (_give_fee_back, 3),
)


def wish(chooser: random.Random, memory: Memory) -> Wish:
    """The next wish of a client that knows `memory`."""
    choices, weights = zip(*CHOICES, strict=True)
    while True:
        found: Wish | None = chooser.choices(choices, weights)[0](chooser, memory)
        if found is not None:
            return found
