"""Who may ask what of the platform: every address by its name. docs/rights.md is made from here.

An address that is not in the table fails the tests: whoever adds a page decides who may see it.
What an agent may do for an artisan is decided apart, in market/studio/leave.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """To whom an address answers; to everybody else it is not there, or asks to sign in."""

    ANYBODY = "anybody"
    # The mark in the address is the key (market/orders/links.py).
    LINK = "whoever has the unguessable link that was sent"
    HERSELF = "whoever has signed in, about herself"
    WORKSHOP = "who belongs to the workshop whose thing it is"
    TILL = "who belongs to the workshop, and officers with the till's rights"
    STAFF = "who holds the right by name"
    MACHINE = "the payment institution, by its signature"
    DEMO = "anybody, in a demo alone"


@dataclass(frozen=True, slots=True)
class Rule:
    """Addresses of one room, to whom they answer, and the right that is asked for, if any."""

    room: str
    who: Who
    names: str
    right: str = ""


RULES = (
    Rule(
        "",
        Who.ANYBODY,
        "health set_language sound media studio_worker robots feed sitemap"
        " django.contrib.sitemaps.views.sitemap account_login account_confirm_login_code"
        " account_signup account_verify_phone account_logout account_inactive",
    ),
    Rule("inbox", Who.MACHINE, "payments"),
    Rule("rates", Who.ANYBODY, "choose"),
    Rule("people", Who.HERSELF, "account name confirm"),
    Rule("notices", Who.HERSELF, "mine read open"),
    Rule("notices", Who.DEMO, "demo_inbox"),
    Rule("site", Who.ANYBODY, "home"),
    Rule("artisans", Who.ANYBODY, "artisans artisan"),
    Rule("catalog", Who.ANYBODY, "crafts craft region product search suggest"),
    Rule("shipping", Who.ANYBODY, "delivered"),
    # A cart is a cookie's: nobody can name another's.
    Rule("cart", Who.ANYBODY, "cart add change remove"),
    Rule("checkout", Who.ANYBODY, "checkout communes review"),
    Rule("checkout", Who.LINK, "pay return back balance balance_return"),
    Rule("orders", Who.LINK, "order received receipt"),
    Rule("invoices", Who.LINK, "paper"),
    Rule("conversations", Who.LINK, "parcel"),
    Rule("reviews", Who.ANYBODY, "of report"),
    Rule("reviews", Who.LINK, "write appeal"),
    Rule("reviews", Who.STAFF, "desk case judge decide", "reviews.moderate_reviews"),
    Rule("returns", Who.LINK, "parcel claiming claim claim_act back sent keep money_instead"),
    Rule("returns", Who.STAFF, "desk case claim_case", "returns.decide_returns"),
    Rule(
        "moderation",
        Who.STAFF,
        "desk case looked rule lift decide",
        "moderation.moderate_listings",
    ),
    Rule("onboarding", Who.STAFF, "desk workshop", "onboarding.guide_workshops"),
    Rule("inspections", Who.STAFF, "desk case", "inspections.inspect_pieces"),
    Rule("assistance", Who.STAFF, "desk code go", "assistance.act_for_artisans"),
    # Also for an agent whose right was taken away while he worked for somebody.
    Rule("assistance", Who.HERSELF, "end"),
    Rule("assistance", Who.STAFF, "objections looked_at limit", "assistance.watch_assistance"),
    Rule(
        "studio",
        Who.WORKSHOP,
        "sales order handed_over say_ready to_hub conversation papers declare paper pieces capacity"
        " new_piece piece edit_price edit_words edit_sizes edit_fair edit_deposit edit_photos"
        " edit_voice edit_maker put_piece answer_ruling imports import_model import import_wrong"
        " money invoices identity invoice invoices_sheet prices reviews answer_review appeal_review"
        " returns back back_accept back_exchange back_replaced back_contest claim answer_claim"
        " claim_is_back makers makers_rule makers_sheet maker maker_handed handed_undo helped"
        " helped_end helped_objection helped_undo helped_deed_objection workshop choose",
    ),
    Rule("studio", Who.HERSELF, "income income_of handed_answer"),
    Rule("till", Who.LINK, "stop"),
    Rule(
        "till",
        Who.TILL,
        "start accounts payments export money export_payouts export_balance change_bank"
        " pay_out call_back payout agree forget_key statement morning bank_files bank_file proof"
        " proof_paper reviews review judge rules make_rule make_list value_list change_list rule"
        " change_rule end_rule programs make_key roll_key revoke_key make_endpoint endpoint"
        " change_endpoint tell_again export_disputes disputes dispute hand_in give_in payment"
        " give_back",
    ),
)

MATRIX: Mapping[str, Rule] = {
    f"{rule.room}:{name}" if rule.room else name: rule
    for rule in RULES
    for name in rule.names.split()
}
