"""The auditor's questions about what leaves for a bank: payouts, reserves, debts."""

from maalem.payments.ledger.verify.check import Check

CHECKS = (
    Check(
        "payouts are booked as far as they have come",
        "SELECT count(*) FROM payouts",
        """
        WITH booked AS (
            SELECT t.source,
                count(*) FILTER (WHERE t.code = 'payout' AND d.kind = 'available'
                    AND d.owner = p.account_id AND c.kind = 'payouts') AS made,
                count(*) FILTER (WHERE t.code = 'payout_paid' AND d.kind = 'payouts'
                    AND c.kind = 'bank') AS paid,
                count(*) FILTER (WHERE t.code = 'payout_cancel' AND d.kind = 'payouts'
                    AND c.kind = 'available' AND c.owner = p.account_id) AS canceled,
                count(*) FILTER (WHERE t.code = 'payout_failure' AND d.kind = 'payouts'
                    AND c.kind = 'available' AND c.owner = p.account_id) AS failed,
                count(*) FILTER (WHERE t.code = 'payout_returned' AND d.kind = 'bank'
                    AND c.kind = 'available' AND c.owner = p.account_id) AS returned,
                count(*) AS transfers, min(t.amount) AS least, max(t.amount) AS most
            FROM ledger.transfers t
            JOIN ledger.accounts d ON d.id = t.debit_account
            JOIN ledger.accounts c ON c.id = t.credit_account
            LEFT JOIN payouts p ON p.id = t.source
            WHERE t.code IN ('payout', 'payout_paid', 'payout_cancel', 'payout_failure',
                'payout_returned')
            GROUP BY t.source
        ), expected AS (
            SELECT id, status, amount, 1 AS made,
                (status = 'paid' OR return_reference IS NOT NULL)::int AS paid,
                (status = 'canceled')::int AS canceled,
                (status = 'failed' AND return_reference IS NULL)::int AS failed,
                (return_reference IS NOT NULL)::int AS returned
            FROM payouts
        )
        SELECT format('payout %s (%s of %s) is booked with %s transfers: %s made, %s paid, %s'
            ' canceled, %s failed, %s returned', coalesce(e.id, b.source),
            coalesce(e.status, 'unknown'), e.amount, coalesce(b.transfers, 0), b.made, b.paid,
            b.canceled, b.failed, b.returned)
        FROM expected e FULL JOIN booked b ON b.source = e.id
        WHERE (e.made, e.paid, e.canceled, e.failed, e.returned, e.amount, e.amount)
            IS DISTINCT FROM
            (b.made, b.paid, b.canceled, b.failed, b.returned, b.least, b.most)
            OR b.transfers <> b.made + b.paid + b.canceled + b.failed + b.returned
        """,
    ),
    Check(
        "payouts stand in their owners' balances, and what came back too",
        "SELECT count(*) FROM balance_transactions WHERE type LIKE 'payout%'",
        """
        WITH lines AS (
            SELECT source_id, account_id, currency,
                sum(net) FILTER (WHERE type = 'payout') AS gone,
                sum(net) FILTER (WHERE type IN ('payout_cancel', 'payout_failure')) AS back,
                count(*) AS lines
            FROM balance_transactions
            WHERE type IN ('payout', 'payout_cancel', 'payout_failure') GROUP BY 1, 2, 3
        )
        SELECT format('payout %s (%s of %s): its lines took %s and gave %s back, in %s',
            coalesce(p.id, l.source_id), coalesce(p.status, 'unknown'), p.amount, l.gone, l.back,
            coalesce(l.lines, 0))
        FROM payouts p FULL JOIN lines l ON l.source_id = p.id AND l.account_id = p.account_id
            AND l.currency = p.currency
        WHERE p.id IS NULL OR l.gone IS DISTINCT FROM -p.amount
            OR coalesce(l.back, 0)
                <> CASE WHEN p.status IN ('failed', 'canceled') THEN p.amount ELSE 0 END
            OR l.lines <> 1 + (p.status IN ('failed', 'canceled'))::int
        """,
    ),
    Check(
        "the clearing account holds the payouts that are under way",
        "SELECT count(*) FROM payouts WHERE status IN ('pending', 'in_transit')",
        """
        WITH open AS (
            SELECT currency, sum(amount) AS amount FROM payouts
            WHERE status IN ('pending', 'in_transit') GROUP BY currency
        ), kept AS (
            SELECT currency, credits_posted - debits_posted AS amount FROM ledger.accounts
            WHERE owner = 'house' AND kind = 'payouts'
        )
        SELECT format('payouts under way add up to %s %s, the clearing account holds %s',
            coalesce(o.amount, 0), currency, coalesce(k.amount, 0))
        FROM open o FULL JOIN kept k USING (currency)
        WHERE coalesce(o.amount, 0) <> coalesce(k.amount, 0)
        """,
    ),
    Check(
        "payouts go to their owners' accounts, after their waiting, approved by enough",
        "SELECT count(*) FROM payouts",
        """
        SELECT format('payout %s of %s goes to bank account %s of %s', p.id, p.account_id,
            p.destination_id, coalesce(e.account_id, 'nobody'))
        FROM payouts p LEFT JOIN external_accounts e ON e.id = p.destination_id
        WHERE e.account_id IS DISTINCT FROM p.account_id OR e.currency <> p.currency
        UNION ALL
        SELECT format('payout %s was made before bank account %s had waited', p.id, e.id)
        FROM payouts p JOIN external_accounts e ON e.id = p.destination_id
        WHERE p.created_at < e.usable_from
        UNION ALL
        SELECT format('payout %s says %s of %s approvals, there are %s of %s officers', p.id,
            p.approvals, p.approvals_needed, count(a.id),
            count(DISTINCT coalesce(a.officer_id, lower(a.approver))))
        FROM payouts p LEFT JOIN payout_approvals a ON a.payout_id = p.id AND NOT a.set_aside
        GROUP BY p.id
        HAVING count(a.id) <> p.approvals
            OR count(DISTINCT coalesce(a.officer_id, lower(a.approver))) <> p.approvals
            OR (p.status IN ('in_transit', 'paid') AND count(a.id) < p.approvals_needed)
        """,
    ),
    Check(
        "whoever said yes is an officer, by a key of her own",
        "SELECT (SELECT count(*) FROM payout_approvals) + (SELECT count(*) FROM desk_deeds)",
        """
        WITH said AS (
            SELECT id, officer_id, key_id, approver AS name, created_at FROM payout_approvals
            UNION ALL SELECT id, officer_id, officer_key, officer, created_at FROM desk_deeds
            UNION ALL SELECT id, second_id, second_key, second, ended_at FROM desk_deeds
            WHERE second IS NOT NULL
        )
        SELECT format('%s is by %s, with the key of %s', s.id, s.name, coalesce(o.name, 'nobody'))
        FROM said s LEFT JOIN api_keys k ON k.id = s.key_id AND k.officer_id = s.officer_id
        LEFT JOIN officers o ON o.id = k.officer_id
        WHERE o.name IS DISTINCT FROM s.name AND (s.officer_id IS NOT NULL OR EXISTS (
            SELECT FROM migrations m WHERE m.name = '1300_officers.sql'
                AND m.applied_at < s.created_at))
        """,
    ),
    Check(
        "scheduled payouts are made once a day",
        "SELECT count(*) FROM payouts WHERE automatic",
        """
        SELECT format('%s has %s scheduled payouts in %s for %s', account_id, count(*), currency,
            scheduled_for)
        FROM payouts WHERE automatic GROUP BY account_id, currency, scheduled_for
        HAVING count(*) > 1
        """,
    ),
    Check(
        "payouts that were sent are answered within ten days",
        "SELECT count(*) FROM payouts WHERE status = 'in_transit'",
        """
        SELECT format('payout %s was sent with %s at %s and the bank has not answered', id,
            batch_id, sent_at)
        FROM payouts WHERE status = 'in_transit' AND sent_at < now() - interval '10 days'
        """,
    ),
    Check(
        "reserves are booked, and end on their day",
        "SELECT count(*) FROM reserves",
        """
        WITH booked AS (
            SELECT t.source,
                coalesce(sum(t.amount) FILTER (WHERE t.code = 'reserve_hold'
                    AND d.kind = 'available' AND c.kind = 'reserved'), 0) AS held,
                coalesce(sum(t.amount) FILTER (WHERE t.code = 'reserve_release'
                    AND d.kind = 'reserved' AND c.kind = 'available'), 0) AS released,
                count(*) AS transfers, min(d.owner) AS owner
            FROM ledger.transfers t
            JOIN ledger.accounts d ON d.id = t.debit_account
            JOIN ledger.accounts c ON c.id = t.credit_account
            WHERE t.code IN ('reserve_hold', 'reserve_release') AND d.owner = c.owner
            GROUP BY t.source
        )
        SELECT format('reserve %s (%s, %s of %s) is booked with %s held and %s released',
            coalesce(r.id, b.source), coalesce(r.status, 'unknown'), r.amount, r.account_id,
            coalesce(b.held, 0), coalesce(b.released, 0))
        FROM reserves r FULL JOIN booked b ON b.source = r.id
        WHERE r.id IS NULL OR b.held IS DISTINCT FROM r.amount OR b.owner <> r.account_id
            OR b.released <> CASE WHEN r.status = 'released' THEN r.amount ELSE 0 END
            OR b.transfers <> 1 + (r.status = 'released')::int
        UNION ALL
        SELECT format('%s has %s %s reserved by the ledger, %s by the reserves', owner,
            coalesce(k.amount, 0), currency, coalesce(r.amount, 0))
        FROM (
            SELECT owner, currency, credits_posted - debits_posted AS amount
            FROM ledger.accounts WHERE kind = 'reserved'
        ) k FULL JOIN (
            SELECT account_id AS owner, currency, sum(amount) AS amount
            FROM reserves WHERE status = 'held' GROUP BY 1, 2
        ) r USING (owner, currency)
        WHERE coalesce(k.amount, 0) <> coalesce(r.amount, 0)
        UNION ALL
        SELECT format('reserve %s should have ended at %s', id, until)
        FROM reserves WHERE status = 'held' AND until < now() - interval '1 day'
        """,
    ),
    Check(
        "debts are settled from their owners' own money, and never beyond",
        "SELECT count(*) FROM ledger.accounts WHERE kind = 'owed'",
        """
        SELECT format('%s owes us less than nothing: %s %s', owner,
            debits_posted - credits_posted, currency)
        FROM ledger.accounts
        WHERE kind = 'owed' AND credits_posted + credits_pending > debits_posted
        UNION ALL
        SELECT format('transfer %s of %s settles a debt of %s with %s money of %s', t.id, t.source,
            c.owner, d.kind, d.owner)
        FROM ledger.transfers t
        JOIN ledger.accounts d ON d.id = t.debit_account
        JOIN ledger.accounts c ON c.id = t.credit_account
        WHERE t.code = 'owed_settled'
            AND (d.owner <> c.owner OR d.kind <> 'available' OR c.kind <> 'owed')
        """,
    ),
)
