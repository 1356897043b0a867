"""The auditor's questions about the ledger itself: counters, zero sums, holds, checkpoints."""

from maalem.payments.ledger.verify.check import Check

# A hold counts as pending until another transfer names it.
_FOLD = """
    WITH sides AS (
        SELECT debit_account AS account, 'debit' AS side, t.* FROM ledger.transfers t
        UNION ALL
        SELECT credit_account, 'credit', t.* FROM ledger.transfers t
    ), fold AS (
        SELECT account,
            coalesce(sum(amount) FILTER (WHERE side = 'debit' AND moved), 0) AS dp,
            coalesce(sum(amount) FILTER (WHERE side = 'credit' AND moved), 0) AS cp,
            coalesce(sum(amount) FILTER (WHERE side = 'debit' AND open_hold), 0) AS dh,
            coalesce(sum(amount) FILTER (WHERE side = 'credit' AND open_hold), 0) AS ch
        FROM (
            SELECT s.*, s.kind IN ('posted', 'post') AS moved, s.kind = 'pending' AND NOT EXISTS (
                SELECT FROM ledger.transfers r WHERE r.pending_id = s.id) AS open_hold
            FROM sides s
        ) AS marked
        GROUP BY account
    )
"""

CHECKS = (
    Check(
        "ledger accounts hold what their transfers add up to",
        "SELECT count(*) FROM ledger.accounts",
        f"""{_FOLD}
        SELECT format('account %s of %s (%s) holds %s/%s posted and %s/%s pending, its transfers'
            ' add up to %s/%s and %s/%s', a.kind, a.owner, a.currency, a.debits_posted,
            a.credits_posted, a.debits_pending, a.credits_pending, coalesce(f.dp, 0),
            coalesce(f.cp, 0), coalesce(f.dh, 0), coalesce(f.ch, 0))
        FROM ledger.accounts a LEFT JOIN fold f ON f.account = a.id
        WHERE (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
            IS DISTINCT FROM (coalesce(f.dp, 0), coalesce(f.cp, 0), coalesce(f.dh, 0),
                coalesce(f.ch, 0))
        """,  # noqa: S608
    ),
    Check(
        "currencies sum to zero",
        "SELECT count(DISTINCT currency) FROM ledger.accounts",
        """
        SELECT format('the books in %s do not sum to zero: %s debited, %s credited; %s and %s'
            ' pending', currency, sum(debits_posted), sum(credits_posted), sum(debits_pending),
            sum(credits_pending))
        FROM ledger.accounts GROUP BY currency
        HAVING sum(debits_posted) <> sum(credits_posted)
            OR sum(debits_pending) <> sum(credits_pending)
        """,
    ),
    Check(
        "balances of account owners are not below zero",
        "SELECT count(*) FROM ledger.accounts WHERE debits_must_not_exceed_credits",
        """
        SELECT format('the %s money of %s is below zero: %s %s', kind, owner,
            credits_posted - debits_posted, currency)
        FROM ledger.accounts
        WHERE debits_must_not_exceed_credits AND debits_posted + debits_pending > credits_posted
        """,
    ),
    Check(
        "holds are resolved once, within what was held",
        "SELECT count(*) FROM ledger.transfers WHERE kind = 'pending'",
        """
        SELECT format('hold %s of %s is resolved %s times, %s of %s', h.id, h.source, count(r.id),
            sum(r.amount), h.amount)
        FROM ledger.transfers r LEFT JOIN ledger.transfers h ON h.id = r.pending_id
        WHERE r.pending_id IS NOT NULL
        GROUP BY h.id, h.source, h.amount, h.kind
        HAVING count(r.id) > 1 OR sum(r.amount) > h.amount OR h.kind IS DISTINCT FROM 'pending'
        """,
    ),
    Check(
        "checkpoints hold what the transfers up to them add up to",
        "SELECT count(*) FROM ledger.checkpoint_accounts",
        """
        WITH marks AS (
            SELECT coalesce(array_agg(number ORDER BY number), '{}') AS ends FROM ledger.checkpoints
        ), sides AS (
            SELECT width_bucket(t.number - 1, m.ends) + 1 AS place, s.account, s.sign,
                CASE WHEN t.kind IN ('posted', 'post') THEN t.amount ELSE 0 END AS posted,
                CASE WHEN t.kind = 'pending' THEN t.amount
                    WHEN t.kind <> 'posted' THEN -h.amount ELSE 0 END AS pending
            FROM ledger.transfers t CROSS JOIN marks m
            LEFT JOIN ledger.transfers h ON h.id = t.pending_id
            CROSS JOIN LATERAL (VALUES (t.debit_account, -1), (t.credit_account, 1))
                AS s (account, sign)
            WHERE t.number <= m.ends[cardinality(m.ends)]
        ), summed AS (
            SELECT account, place,
                sum(sum(posted) FILTER (WHERE sign < 0)) OVER upto AS dp,
                sum(sum(posted) FILTER (WHERE sign > 0)) OVER upto AS cp,
                sum(sum(pending) FILTER (WHERE sign < 0)) OVER upto AS dh,
                sum(sum(pending) FILTER (WHERE sign > 0)) OVER upto AS ch
            FROM sides GROUP BY account, place
            WINDOW upto AS (PARTITION BY account ORDER BY place)
        ), expected AS (
            SELECT s.account, m.ends[s.place] AS number, coalesce(dp, 0) AS dp,
                coalesce(cp, 0) AS cp, coalesce(dh, 0) AS dh, coalesce(ch, 0) AS ch
            FROM summed s CROSS JOIN marks m
        )
        SELECT format('the checkpoint of account %s at transfer %s says %s/%s posted and %s/%s'
            ' pending, its transfers add up to %s/%s and %s/%s', coalesce(k.account, e.account),
            coalesce(k.number, e.number), k.debits_posted, k.credits_posted, k.debits_pending,
            k.credits_pending, e.dp, e.cp, e.dh, e.ch)
        FROM ledger.checkpoint_accounts k
        FULL JOIN expected e ON e.account = k.account AND e.number = k.number
        WHERE (k.debits_posted, k.credits_posted, k.debits_pending, k.credits_pending)
            IS DISTINCT FROM (e.dp, e.cp, e.dh, e.ch)
        """,
    ),
)
