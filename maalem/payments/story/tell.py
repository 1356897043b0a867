"""From one word to every row that hangs on it, table by table."""

import json
import re
from collections.abc import Iterable
from typing import Any

from maalem.payments.db import Connection
from maalem.payments.packed import unpack
from maalem.payments.story import money
from maalem.payments.story.moments import entries_of
from maalem.payments.story.records import Entry, Run, Story

RECEIPT = re.compile(r"[2-9CFGHJKMPQRVWX]{4}-[2-9CFGHJKMPQRVWX]{4}")
OBJECTS_MAX = 2_000
# References to what many stories share, and tables that are no part of one.
_SHARED = {
    *("account_id", "customer_id", "payment_method_id", "endpoint_id", "parent_id", "file_id"),
    *("statement_id", "destination_id", "rule_id", "fee_account_id", "holder_id", "message_id"),
    *("end_to_end_id", "connected_account_id", "payer_account_id", "owner_id", "request_id"),
    *("client_reference_id", "plan_id", "officer_id", "second_id"),
}
_REFERENCES = {
    *("matched_to", "dispute", "charge", "source", "about", "target", "case_reference", "original")
}
# A word that everything hangs on tells nothing about one payment.
_TOO_WIDE = ("acct_", "cus_", "we_")
_APART = {
    *("accounts", "api_keys", "customers", "payment_methods", "tokens", "webhook_endpoints"),
    "confirmation_tokens",
    *("events", "event_deliveries", "delivery_log", "idempotency_keys", "statements", "migrations"),
    *("external_accounts", "bank_tokens", "bank_files", "bank_statements", "files"),
    *("endpoint_standing", "endpoint_hours", "officers"),
    *("fee_plans", "fee_rates", "fee_terms", "payout_schedules", "reserve_rules"),
    *("reserve_conditions", "reserve_withdrawals"),
}
# What was paid, or tried, by some method. A charge may be all that is kept of its attempt.
_PAID_WITH = {"payment_attempts", "setup_attempts", "charges"}
# Shown, and the end of the road: many payments meet there.
_ENDS = {"payout_batches", "network_settlements"}


async def tell(connection: Connection, word: str) -> Story:
    """The story of `word`; without entries where nothing goes by it.

    `cut` says that there was more than `OBJECTS_MAX` objects.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        tables = await _tables(connection)
        rows = await _gathered(connection, tables, await _named(connection, word))
        ids = list(rows)
        await _name_means(connection, rows)
        entries = [each for table, row in rows.values() for each in entries_of(table, row)]
        booked = await money.bookings(connection, ids)
        # What networks call it: a charge's attempt, which may have no row, and a dispute's case.
        references = {
            row[name]
            for _, row in rows.values()
            for name in ("attempt_id", "case_reference")
            if row.get(name)
        }
        entries += booked
        days = await money.network_days(connection, {*ids, *references})
        entries += days
        entries += await _events(connection, ids)
        entries += await _keys(connection, ids)
        owners = {entry.account for entry in entries if entry.account}
        owners |= {row["destination_id"] for _, row in rows.values() if row.get("destination_id")}
        owners |= {side[0] for each in booked for side in _sides(each)}
        names = await connection.fetch(
            "SELECT id, business_name FROM accounts WHERE id = ANY($1)", list(owners)
        )
        runs = await _runs(connection, [entry.at for entry in entries])
    # What is made in one moment has ids that sort by when they were made.
    entries.sort(
        key=lambda each: (
            each.at,
            each.details.get("number", 0),
            "" if each.kind == "ledger" else each.id.rpartition("_")[2],
        )
    )
    return Story(
        word=word,
        objects=ids,
        entries=entries,
        accounts={row["id"]: row["business_name"] or row["id"] for row in names},
        books=money.left(booked, days),
        runs=runs,
        cut=len(ids) >= OBJECTS_MAX,
    )


async def _named(connection: Connection, word: str) -> list[str]:
    """The ids that `word` stands for."""
    if RECEIPT.fullmatch(word.upper()):
        asked = "SELECT id FROM charges WHERE receipt_number = upper($1)"
    elif re.fullmatch(r"[a-z]+_[0-9A-Za-z_]+", word):
        return [word]
    else:
        asked = """
            SELECT id FROM payment_intents WHERE transfer_group = $1
                OR jsonb_path_exists(metadata, '$.* ? (@ == $word)', jsonb_build_object('word', $1))
            UNION SELECT id FROM transfers WHERE transfer_group = $1
            UNION SELECT intent_id FROM checkout_sessions WHERE client_reference_id = $1
        """
    rows = await connection.fetch(asked, word)
    return [row["id"] for row in rows]


Tables = dict[str, list[str]]
Rows = dict[str, tuple[str, dict[str, Any]]]


async def _tables(connection: Connection) -> Tables:
    """Tables whose rows have an id, and the columns by which each refers to others."""
    rows = await connection.fetch(
        "SELECT table_name::text AS name, array_agg(column_name::text) AS columns"
        " FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'"
        " AND table_name IN (SELECT table_name FROM information_schema.tables"
        "  WHERE table_schema = 'public' AND table_type = 'BASE TABLE') GROUP BY 1 ORDER BY 1"
    )
    return {
        row["name"]: [
            name
            for name in row["columns"]
            if (name.endswith("_id") and name not in _SHARED) or name in _REFERENCES
        ]
        for row in rows
        if "id" in row["columns"] and row["name"] not in _APART
    }


async def _gathered(connection: Connection, tables: Tables, seeds: Iterable[str]) -> Rows:
    """Rows by id: those named, what refers to them and what they refer to, and so on."""
    found: Rows = {}
    frontier = set(seeds)
    looked: set[str] = set()
    while frontier and len(found) < OBJECTS_MAX:
        looked |= frontier
        beyond: set[str] = set()
        for table, references in tables.items():
            where = " OR ".join(f"{name} = ANY($1)" for name in ("id", *references))
            asked = f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE {where} LIMIT $2"  # noqa: S608
            for line in await connection.fetch(asked, list(frontier), OBJECTS_MAX):
                row = json.loads(line["row"])
                if row["id"] in found:
                    continue
                found[row["id"]] = (table, row)
                if table not in _ENDS:
                    named = {row["id"], *(row[name] for name in references if row[name])}
                    beyond |= {each for each in named if not each.startswith(_TOO_WIDE)}
        frontier = beyond - looked
    return found


def _sides(booked: Entry) -> tuple[list[str], list[str]]:
    return booked.details["debit"], booked.details["credit"]


async def _name_means(connection: Connection, rows: Rows) -> None:
    """Write beside each attempt and charge by which card or wallet it was: no number is shown; and
    beside a charge how its bank agreed."""
    ids = {row["payment_method_id"] for _, row in rows.values() if row.get("payment_method_id")}
    found = await connection.fetch(
        "SELECT id, concat_ws(' ', coalesce(brand, type), funding, '…' || last4, country) AS means"
        " FROM payment_methods WHERE id = ANY($1)",
        list(ids),
    )
    means = {row["id"]: row["means"] for row in found}
    for table, row in rows.values():
        if table in _PAID_WITH and row["payment_method_id"] in means:
            row["paid_with"] = means[row["payment_method_id"]]
        if (kept := row.get("payment_method_details")) is not None:
            details = json.loads(unpack(bytes.fromhex(kept.removeprefix("\\x"))))
            row["authorisation_code"] = (details.get("card") or {}).get("authorization_code")


async def _runs(connection: Connection, times: list[str]) -> list[Run]:
    """Which code each kind of process ran when the story began, and what came in its course."""
    if not times:
        return []
    rows = await connection.fetch(
        """
        SELECT to_jsonb(started_at) #>> '{}' AS at, role, version FROM runs r
        WHERE started_at <= $2::text::timestamptz AND started_at >= coalesce((
            SELECT max(started_at) FROM runs b WHERE b.role = r.role
                AND b.started_at <= $1::text::timestamptz), '-infinity')
        ORDER BY started_at
        """,
        min(times),
        max(times),
    )
    told: list[Run] = []
    last: dict[str, str] = {}
    for row in rows:
        if last.get(row["role"]) != row["version"]:
            told.append(Run(at=row["at"], role=row["role"], version=row["version"]))
            last[row["role"]] = row["version"]
    return told


async def _events(connection: Connection, ids: list[str]) -> list[Entry]:
    rows = await connection.fetch(
        """
        SELECT to_jsonb(e.created_at) #>> '{}' AS at, e.id, e.account_id, e.type, e.object_id,
            e.request_id, e.idempotency_key, coalesce((
                SELECT json_agg(json_build_object('endpoint', endpoint_id,
                    'status', coalesce(d.status, 'delivered'),
                    'attempts', coalesce(d.attempts, l.attempt),
                    'answered', coalesce(d.answered, l.answered),
                    'error', coalesce(d.error, l.error),
                    'delivered_at', CASE WHEN d.status IS NULL THEN l.at END))
                FROM (SELECT * FROM event_deliveries WHERE event_id = e.id) d
                FULL JOIN (SELECT DISTINCT ON (endpoint_id) * FROM delivery_log
                    WHERE event_id = e.id ORDER BY endpoint_id, id DESC) l USING (endpoint_id)
            ), '[]')::text AS deliveries
        FROM events e WHERE e.object_id = ANY($1) ORDER BY e.id
        """,
        ids,
    )
    return [
        Entry(
            at=row["at"],
            kind="event",
            id=row["id"],
            account=row["account_id"],
            details={
                "type": row["type"],
                "object": row["object_id"],
                **{n: row[n] for n in ("request_id", "idempotency_key") if row[n]},
                "deliveries": json.loads(row["deliveries"]),
            },
        )
        for row in rows
    ]


async def _keys(connection: Connection, ids: list[str]) -> list[Entry]:
    rows = await connection.fetch(
        "SELECT to_jsonb(created_at) #>> '{}' AS at, account_id, key, object_id, request_id, status"
        " FROM idempotency_keys WHERE object_id = ANY($1)",
        ids,
    )
    return [
        Entry(
            at=row["at"],
            kind="idempotency_key",
            id=row["object_id"],
            account=row["account_id"],
            details={
                "key": row["key"],
                "request_id": row["request_id"],
                "answered": row["status"] or "not yet",
            },
        )
        for row in rows
    ]
