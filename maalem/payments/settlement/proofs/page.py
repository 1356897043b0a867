"""A proof as what stands on its page: every text written out, the template only places it."""

from datetime import UTC
from typing import Any

from maalem.payments.settlement.bank.records import Proof
from maalem.payments.settlement.bank.safeguarding import CLIENTS, OWED, THERE
from maalem.payments.settlement.proofs.words import SAID
from maalem.payments.settlement.statements.words import WORDS, Words

INSTITUTION = "Maalem"


def page(proof: Proof, *, language: str) -> dict[str, Any]:
    """The page's texts in `language` (fr, ar, en), for proof.typ."""
    words, said = WORDS[language], SAID[language]
    made = proof.created_at.astimezone(UTC)
    return {
        "language": language,
        "direction": words.direction,
        "title": said["title"],
        "period": said["period"].format(day=words.day(proof.day)),
        "facts": [
            {"label": said["institution"], "value": INSTITUTION, "direction": "ltr"},
            {"label": said["number"], "value": proof.id, "direction": "ltr"},
        ],
        "notes": [
            said["made"].format(day=words.day(made.date()), hour=f"\u2066{made:%H:%M}\u2069"),
            said["in_currency"].format(
                currency=words.currencies.get(proof.currency, proof.currency.upper())
            ),
        ],
        "even": not proof.difference,
        "verdict": said["differs" if proof.difference else "equal"],
        "figures": _figures(proof, words, said=said),
        "sides": [
            _side(proof, words, said=said, names=names, head=head)
            for head, names in (("there", THERE), ("owed", OWED))
        ],
        "otherwise": _otherwise(proof, words, said=said),
        "proof": said["proof"],
        "page_of": said["page"],
        "account": proof.id,
        "made": list(made.timetuple()[:3]),
    }


def _figures(proof: Proof, words: Words, *, said: dict[str, str]) -> list[list[str]]:
    amounts = {
        "clients": sum(proof.terms.get(name, 0) for name in CLIENTS),
        "there": proof.there,
        "owed": proof.owed,
        "difference": proof.difference,
    }
    return [[said[name], words.amount(amount, proof.currency)] for name, amount in amounts.items()]


def _side(
    proof: Proof, words: Words, *, said: dict[str, str], names: tuple[str, ...], head: str
) -> dict[str, Any]:
    rows = [[said[name], words.amount(proof.terms.get(name, 0), proof.currency)] for name in names]
    total = words.amount(getattr(proof, head), proof.currency)
    return {"head": said[head], "rows": rows, "total": [said["total"], total]}


def _otherwise(proof: Proof, words: Words, *, said: dict[str, str]) -> dict[str, Any]:
    rows = [
        [
            said.get(one["term"], one["term"]),
            *(
                words.amount(amount, proof.currency)
                for amount in (one["by_rows"], one["by_ledger"], one["by_rows"] - one["by_ledger"])
            ),
        ]
        for one in proof.explained
    ]
    heads = [said[name] for name in ("by_rows", "by_ledger", "difference")]
    return {"head": said["otherwise"], "heads": heads, "rows": rows}
