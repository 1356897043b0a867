"""Which of a workshop's pages an agent may use for her, and under what: what is not here is hers.

Whoever adds a page decides it here; `tests/test_assisted_walk.py` fails until she has.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from maalem.platform.market.assistance.states import Act, Scope


@dataclass(frozen=True)
class Leave:
    """Under which `scope` a page may be read; with an `act` it may be sent, and is written down."""

    scope: Scope
    act: Act | None = None


_PIECES, _ORDERS, _REVIEWS = Scope.PIECES, Scope.ORDERS, Scope.REVIEWS

MAY: Mapping[str, Leave] = {
    "sales": Leave(_ORDERS),
    "order": Leave(_ORDERS),
    "handed_over": Leave(_ORDERS, Act.HANDED_OVER),
    "say_ready": Leave(_ORDERS, Act.SAID_READY),
    "to_hub": Leave(_ORDERS, Act.BROUGHT_TO_HUB),
    "conversation": Leave(_ORDERS, Act.WROTE),
    "papers": Leave(_ORDERS),
    "declare": Leave(_ORDERS, Act.DECLARED),
    "paper": Leave(_ORDERS),
    "pieces": Leave(_PIECES),
    "new_piece": Leave(_PIECES, Act.LISTED),
    "piece": Leave(_PIECES),
    "edit_price": Leave(_PIECES, Act.PRICED),
    "edit_words": Leave(_PIECES, Act.WORDED),
    "edit_sizes": Leave(_PIECES, Act.MEASURED),
    "edit_fair": Leave(_PIECES, Act.EXPLAINED),
    "edit_deposit": Leave(_PIECES, Act.ASKED_DEPOSIT),
    "edit_photos": Leave(_PIECES, Act.PHOTOGRAPHED),
    "put_piece": Leave(_PIECES, Act.SHELVED),
    "prices": Leave(_PIECES),
    "reviews": Leave(_REVIEWS),
    "answer_review": Leave(_REVIEWS, Act.ANSWERED_REVIEW),
    "appeal_review": Leave(_REVIEWS, Act.APPEALED_REVIEW),
}

# Money, whose it is, what may cost it, other people's incomes, and her own word about the agent.
NEVER = frozenset(
    {
        "money",
        "choose",
        # What she owes the state, and all that she has sold.
        "invoices",
        "identity",
        "invoice",
        "invoices_sheet",
        # How she shows herself to buyers.
        "workshop",
        # How much she promises in a month is hers to say.
        "capacity",
        # A file is worked on after the consent, and nobody has looked at its lines with her.
        "imports",
        "import_model",
        "import",
        "import_wrong",
        # A yes to a buyer gives her money back.
        "returns",
        "back",
        "back_accept",
        "back_exchange",
        "back_replaced",
        "back_contest",
        "claim",
        "answer_claim",
        "claim_is_back",
        # Her own voice is hers to give, and to take back.
        "edit_voice",
        # She may answer once, and whoever answers speaks for the workshop.
        "answer_ruling",
        # Whose a sale is decides whose the income is.
        "edit_maker",
        "makers",
        "makers_rule",
        "makers_sheet",
        "maker",
        "maker_handed",
        "handed_undo",
        "helped",
        "helped_end",
        "helped_objection",
        "helped_undo",
        "helped_deed_objection",
    }
)

# These are about whoever has signed in, whomever she acts for.
OWN = frozenset({"income", "income_of", "handed_answer"})
