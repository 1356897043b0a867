"""`maalem fees`: the dated prices, listed, announced and ended. None is ever changed.

The database has the last word (sql/0600_fees.sql, 0602_dated_costs.sql): nothing applies to a day
that has begun, what merchants pay is announced two months ahead unless it falls, and interchange at
home stays within the law's cap. A refusal of it becomes a sentence here.
"""

import sys
from datetime import date
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from maalem.cli.installation import Installation
from maalem.cli.verify import books_of

REFUSALS = {
    "fees_are_announced": "a price can't begin or end on a day that has begun",
    "merchants_have_notice": "merchants are told two months before a price rises or ends",
    "fees_are_not_rewritten": "a price is ended once and otherwise never changed",
    "one_row_for_a_day": "another price is there for the same payments on one of these days",
    "domestic_interchange_cap": "interchange on domestic cards is at most 0.65 %, nothing fixed",
    "what_merchants_pay_belongs_to_a_plan": "service and dispute need --plan, the others none",
    "amounts_name_their_currency": "--fixed and --cap need --currency",
    "schemes_keep_their_fee": "a scheme's fee is kept on a refund",
    "a_dispute_costs_a_sum": "a dispute costs --fixed of a --currency, and nothing else",
    "fee_rates_pkey": "a price of this --id is there",
    "fee_rates_plan_id_fkey": "there is no such plan",
    "fee_rates_source_check": "say with --source what it is based on",
    "fee_rates_check": "--until is after --from",
}
_COLUMNS = {
    "line": "line",
    "plan_id": "plan",
    "rail": "rail",
    "origin": "origin",
    "cap": "cap",
    "funding": "funding",
    "merchant_kind": "merchant_kind",
    "currency": "currency",
    "share_bps": "bps",
    "fixed": "fixed",
    "on_refund": "on_refund",
    "source": "source",
    "valid_from": "first",
    "valid_until": "until",
    "id": "id",
}
_WHO = ("plan_id", "rail", "origin", "funding", "merchant_kind")


def show(*, day: str = "") -> int:
    """Print every price, or those of one day, by mode; 2 for no day."""
    try:
        wanted = date.fromisoformat(day) if day else None
    except ValueError:
        return _say(f"{day!r} is no day: write 2026-03-02.")
    with books_of(Installation.of_environment()) as books:
        for mode, dsn in books.items():
            print(f"{mode} mode:")
            for line in lines(dsn, on=wanted):
                print(f"  {line}")
    return 0


def lines(dsn: str, *, on: date | None = None) -> list[str]:
    """The book of prices as text, oldest first within what they are for."""
    with psycopg.connect(dsn, row_factory=dict_row) as book:
        rows = book.execute(
            "SELECT id, line, plan_id, rail, origin, funding, merchant_kind, currency, share_bps,"
            " fixed, cap, source, nullif(valid_from, '-infinity')::text AS begins,"
            " valid_until::text FROM fee_rates"
            " WHERE %(on)s::date IS NULL OR (valid_from <= %(on)s"
            "  AND (valid_until IS NULL OR %(on)s < valid_until))"
            " ORDER BY line, plan_id, rail, origin, funding, merchant_kind, currency, valid_from",
            {"on": on},
        ).fetchall()
    return [_line(row) for row in rows] or ["no price is written down"]


def announce(words: dict[str, Any]) -> int:
    """Write one price down, and end the one that it follows on its first day; 1 if refused."""
    row = {column: words[word] for column, word in _COLUMNS.items() if words.get(word) is not None}
    missing = [flag for flag, word in (("--line", "line"), ("--from", "first")) if not words[word]]
    if missing:
        return _say(f"say {' and '.join(missing)}")
    row["id"] = words["id"] or "_".join(
        [
            "rate",
            row["line"],
            *(str(row[name]) for name in _WHO if row.get(name)),
            row["valid_from"],
        ]
    ).replace("-", "_")
    insert = sql.SQL("INSERT INTO fee_rates ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )

    def written(book: "psycopg.Connection[Any]") -> str:
        ended = book.execute(_END_BEFORE, {**dict.fromkeys(_COLUMNS), **row}).fetchall()
        book.execute(insert, row)
        after = "".join(f", after {name}" for (name,) in ended)
        return f"{row['id']} applies from {row['valid_from']}{after}"

    return _do(written, live=words["live"])


_END_BEFORE = """
UPDATE fee_rates o SET valid_until = %(valid_from)s
WHERE o.line = %(line)s AND o.valid_until IS NULL AND o.valid_from < %(valid_from)s::date
    AND (o.plan_id, o.rail, o.origin, o.funding, o.merchant_kind, o.currency) IS NOT DISTINCT FROM
        (%(plan_id)s::text, %(rail)s::text, %(origin)s::text, %(funding)s::text,
        %(merchant_kind)s::text, %(currency)s::text)
RETURNING o.id
"""


def end(words: dict[str, Any]) -> int:
    """End a price on a day to come, with nothing after it; 1 if that is refused."""
    if not words["id"] or not words["until"]:
        return _say("say --id and --until")

    def ended(book: "psycopg.Connection[Any]") -> str:
        found = book.execute(
            "UPDATE fee_rates SET valid_until = %s WHERE id = %s RETURNING id",
            (words["until"], words["id"]),
        ).fetchone()
        return f"{words['id']} ends on {words['until']}" if found else ""

    return _do(ended, live=words["live"])


def _do(deed: Any, *, live: bool) -> int:
    mode = "live" if live else "test"
    with books_of(Installation.of_environment()) as books:
        if mode not in books:
            return _say("there are no live books here")
        try:
            with psycopg.connect(books[mode]) as book:
                done = deed(book)
        except psycopg.DataError as problem:
            return _say(str(problem).splitlines()[0])
        except psycopg.IntegrityError as problem:
            word = problem.diag.constraint_name or ""
            hint = f" {problem.diag.message_hint}" if problem.diag.message_hint else ""
            print(f"Refused: {REFUSALS.get(word, word)}.{hint}", file=sys.stderr)
            return 1
    print(f"{done} ({mode} mode)" if done else "No price goes by that id.")
    return 0 if done else 1


def _line(row: dict[str, Any]) -> str:
    """`service  standard, card   1.50 % + 1.00 mad …  from … until …   id`."""
    who = ", ".join(str(row[name]) for name in _WHO if row[name]) or "everybody"
    percent = f"{row['share_bps'] // 100}.{row['share_bps'] % 100:02d} %"
    parts = [percent] if row["share_bps"] else []
    if row["fixed"]:
        parts.append(_minor(row["fixed"], row["currency"]))
    price = " + ".join(parts) or "nothing"
    if row["cap"]:
        price += f", at most {_minor(row['cap'], row['currency'])}"
    until = f" until {row['valid_until']}" if row["valid_until"] else ""
    when = f"from {row['begins'] or 'ever'}{until}"
    return f"{row['line']:<12}{who:<28}{price:<24}{when:<40}{row['id']}  ({row['source']})"


def _minor(amount: int, currency: str) -> str:
    return f"{amount // 100:,}.{amount % 100:02d} {currency.upper()}"


def _say(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 2
