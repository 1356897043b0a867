"""Payments, what follows them, their events, and the books say the same."""

from maalem.payments.ledger.verify.check import Check

CHECKS = (
    Check(
        "charges are booked, each exactly once",
        "SELECT count(*) FROM charges",
        """
        WITH booked AS (
            SELECT coalesce(f.charge_id, t.source) AS charge,
                coalesce(sum(t.amount) FILTER (WHERE t.code IN ('charge', 'capture')), 0) AS taken,
                count(*) FILTER (WHERE t.code IN ('charge', 'capture')) AS takings,
                count(*) FILTER (WHERE t.code = 'hold') AS holds,
                coalesce(sum(t.amount) FILTER (WHERE t.code = 'hold' AND r.id IS NULL), 0) AS held,
                coalesce(sum(t.amount) FILTER (WHERE t.code = 'charge_fee'), 0) AS fee
            FROM ledger.transfers t
            LEFT JOIN followups f ON f.id = t.source
            LEFT JOIN ledger.transfers r ON r.pending_id = t.id
            WHERE t.code IN ('charge', 'capture', 'hold', 'release', 'hold_replaced', 'charge_fee')
            GROUP BY 1
        ), parts AS (
            SELECT charge_id, count(*) FILTER (WHERE kind = 'capture') AS made,
                coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0) AS taken,
                count(*) FILTER (WHERE NOT final) AS more_holds
            FROM followups WHERE status = 'done' GROUP BY 1
        ), lines AS (
            SELECT source_id, sum(amount) AS amount, sum(fee) AS fee
            FROM balance_transactions WHERE type = 'charge' GROUP BY 1
        )
        SELECT format('charge %s (%s, captured %s) is booked with %s in %s transfers, %s holds and'
            ' %s held; its payment has %s to capture', coalesce(c.id, b.charge),
            coalesce(c.status, 'unknown'), coalesce(c.amount_captured, 0), coalesce(b.taken, 0),
            coalesce(b.takings, 0), coalesce(b.holds, 0), coalesce(b.held, 0),
            coalesce(i.amount_capturable, 0))
        FROM charges c FULL JOIN booked b ON b.charge = c.id
        LEFT JOIN payment_intents i ON i.id = c.intent_id
        LEFT JOIN parts p ON p.charge_id = c.id
        LEFT JOIN lines x ON x.source_id = c.id
        LEFT JOIN application_fees e ON e.charge_id = c.id
        WHERE c.id IS NULL
            OR coalesce(b.taken, 0) <> c.amount_captured
            OR coalesce(b.takings, 0) <> coalesce(p.made, (c.captured)::int)
            OR coalesce(p.taken, c.amount_captured) <> c.amount_captured
            OR (c.status = 'succeeded' AND (NOT c.captured OR p.charge_id IS NOT NULL)
                AND coalesce(b.holds, 0) <> 1 + coalesce(p.more_holds, 0))
            OR (c.status = 'failed' AND coalesce(b.holds, 0) <> 0)
            OR (c.status = 'succeeded' AND coalesce(b.held, 0) <> i.amount_capturable)
            OR c.amount_captured <> coalesce(x.amount, 0)
            OR coalesce(b.fee, 0) + coalesce(e.amount, 0) <> coalesce(x.fee, 0)
        """,
    ),
    Check(
        "fees of charges follow from the rates that they froze",
        "SELECT count(*) FROM charges WHERE fee_lines IS NOT NULL",
        """
        WITH lines AS (
            SELECT c.id, c.amount_captured AS taken, l.*, least(l.of, l.cap,
                coalesce(l.fixed, 0) + CASE l.line
                  WHEN 'interchange' THEN l.of * l.share_bps / 10000
                  ELSE (l.of * l.share_bps * 2 + 10000) / 20000 END) AS due,
                l.line = 'interchange' AND c.created_at >= '2024-10-01'
                    AND m.country = 'MA' AS capped
            FROM charges c JOIN payment_methods m ON m.id = c.payment_method_id
            CROSS JOIN LATERAL jsonb_to_recordset(c.fee_lines) AS l (line text,
                of bigint, amount bigint, rate text, share_bps integer, fixed bigint, cap bigint)
        )
        SELECT format('charge %s of %s has a fee for %s of %s, its rate %s makes it %s', l.id, l.of,
            l.line, l.amount, l.rate, l.due)
        FROM lines l LEFT JOIN fee_rates r ON r.id = l.rate
        WHERE l.amount <> l.due OR l.of > l.taken OR (l.capped AND l.amount * 10000 > l.of * 65)
            OR (l.rate <> 'setting' AND (r.line, r.share_bps, r.fixed, r.cap)
                IS DISTINCT FROM (l.line, l.share_bps, coalesce(l.fixed, 0), l.cap))
        UNION ALL
        SELECT format('charge %s froze %s of fee and %s of interchange, booked are %s and %s', c.id,
            coalesce(f.fee, 0), coalesce(f.cost, 0), coalesce(b.fee, 0), coalesce(b.cost, 0))
        FROM charges c
        LEFT JOIN (
            SELECT id, sum(amount) FILTER (WHERE line = 'service') AS fee,
                sum(amount) FILTER (WHERE line = 'interchange') AS cost
            FROM lines GROUP BY id) f ON f.id = c.id
        LEFT JOIN (
            SELECT coalesce(p.charge_id, t.source) AS charge,
                sum(t.amount) FILTER (WHERE t.code = 'charge_fee') AS fee,
                sum(t.amount) FILTER (WHERE t.code = 'interchange') AS cost
            FROM ledger.transfers t LEFT JOIN followups p ON p.id = t.source
            WHERE t.code IN ('charge_fee', 'interchange') GROUP BY 1
        ) b ON b.charge = c.id
        WHERE (coalesce(f.fee, 0), coalesce(f.cost, 0))
            <> (coalesce(b.fee, 0), coalesce(b.cost, 0))
        UNION ALL
        SELECT format('refund %s gives %s of interchange back, booked is %s', r.id,
            r.interchange_returned, coalesce(b.amount, 0))
        FROM refunds r
        LEFT JOIN ledger.transfers b ON b.source = r.id AND b.code = 'interchange_back'
        WHERE coalesce(b.amount, 0) <> CASE WHEN r.status = 'succeeded'
            OR r.returned_at IS NOT NULL THEN r.interchange_returned ELSE 0 END
        UNION ALL
        SELECT format('refund %s owes %s of interchange again, booked is %s', r.id,
            r.interchange_returned, coalesce(b.amount, 0))
        FROM refunds r
        LEFT JOIN ledger.transfers b ON b.source = r.id AND b.code = 'interchange_again'
        WHERE coalesce(b.amount, 0)
            <> CASE WHEN r.returned_at IS NOT NULL THEN r.interchange_returned ELSE 0 END
        """,
    ),
    Check(
        "payments that succeeded have one charge of their amount",
        "SELECT count(*) FROM payment_intents WHERE status = 'succeeded'",
        """
        SELECT format('payment %s received %s, its charges %s in %s', i.id, i.amount_received,
            coalesce(sum(c.amount_captured), 0), count(c.id))
        FROM payment_intents i
        LEFT JOIN charges c
            ON c.intent_id = i.id AND c.status = 'succeeded' AND c.amount_captured > 0
        GROUP BY i.id
        HAVING coalesce(sum(c.amount_captured), 0) <> i.amount_received
            OR count(c.id) <> (i.amount_received > 0)::int
            OR coalesce(bool_and(c.captured), false) <> (i.status = 'succeeded')
        """,
    ),
    Check(
        "refunds are booked, and within what was captured",
        "SELECT count(*) FROM refunds",
        r"""
        WITH booked AS (
            SELECT source,
                coalesce(sum(amount) FILTER (WHERE code IN ('refund', 'refund_fee')), 0) AS given,
                coalesce(sum(amount) FILTER (WHERE code IN ('refund_returned',
                    'refund_fee_returned')), 0) AS back,
                coalesce(sum(amount) FILTER (WHERE code LIKE 'refund%\_hold%'), 0) AS reserved,
                coalesce(sum(amount) FILTER (WHERE code = 'refund_fee_hold'), 0) AS fee,
                count(*) FILTER (WHERE code LIKE 'refund%\_hold%' AND kind = 'pending') AS holds,
                count(*) FILTER (WHERE code IN ('refund_failed', 'refund_fee_failed')) AS failed,
                count(*) FILTER (WHERE code LIKE 'refund%\_freed') AS freed
            FROM ledger.transfers WHERE code LIKE 'refund%' GROUP BY source
        )
        SELECT format('refund %s (%s of %s) is booked with %s reserved, %s given, %s come back',
            r.id, r.status, r.amount, coalesce(b.reserved, 0), coalesce(b.given, 0),
            coalesce(b.back, 0))
        FROM refunds r FULL JOIN booked b ON b.source = r.id
        LEFT JOIN charges c ON c.id = r.charge_id
        WHERE r.id IS NULL
            -- Held is what each one pays in the end: the owner, the other one, and our fee.
            OR coalesce(b.reserved, 0) <> r.fee_returned + CASE WHEN c.transfer_id IS NULL
                THEN greatest(0, r.amount - r.fee_returned - r.fee_part) + r.fee_part
                ELSE greatest(0, r.amount - r.fee_returned - r.transfer_part + r.fee_part)
                    + greatest(0, r.transfer_part - r.fee_part) END
            OR coalesce(b.given, 0) <> CASE WHEN r.status = 'succeeded'
                OR r.returned_at IS NOT NULL THEN r.amount ELSE 0 END
            OR coalesce(b.back, 0)
                <> CASE WHEN r.returned_at IS NOT NULL THEN r.amount ELSE 0 END
            OR coalesce(b.fee, 0) <> r.fee_returned
            OR coalesce(b.failed, 0) <> CASE WHEN r.status = 'failed' AND r.returned_at IS NULL
                AND r.shared_bucket IS NULL THEN b.holds ELSE 0 END
            OR coalesce(b.freed, 0) <> CASE WHEN r.status <> 'pending' AND r.shared_bucket
                IS NOT NULL THEN b.holds ELSE 0 END
        UNION ALL
        SELECT format('charge %s says %s refunded, its refunds are %s of %s captured', c.id,
            c.amount_refunded, coalesce(sum(r.amount), 0), c.amount_captured)
        FROM charges c LEFT JOIN refunds r
            ON r.charge_id = c.id AND r.status IN ('pending', 'succeeded')
        GROUP BY c.id
        HAVING coalesce(sum(r.amount), 0) <> c.amount_refunded
            OR c.amount_refunded > c.amount_captured
        """,
    ),
    Check(
        "disputes are booked: what was taken is open, lost or came back",
        "SELECT count(*) FROM disputes",
        """
        WITH booked AS (
            SELECT source,
                sum(amount) FILTER (WHERE code IN ('dispute_available', 'dispute_pending',
                    'dispute_owed')) AS taken,
                sum(amount) FILTER (WHERE code LIKE 'dispute\\_fee\\_%') AS fee,
                sum(amount) FILTER (WHERE code = 'dispute_reinstated') AS again
            FROM ledger.transfers WHERE code LIKE 'dispute\\_%' GROUP BY source
        ), lines AS (
            SELECT source_id, sum(net) AS net FROM balance_transactions
            WHERE type = 'adjustment' AND source_id LIKE 'dp\\_%' GROUP BY source_id
        )
        SELECT format('dispute %s (%s, %s taken, %s returned, %s fee) is booked with %s, %s and'
            ' %s; its lines add up to %s', coalesce(d.id, b.source), coalesce(d.status, 'unknown'),
            d.amount_withdrawn, d.amount_reinstated, d.fee, coalesce(b.taken, 0),
            coalesce(b.again, 0), coalesce(b.fee, 0), coalesce(l.net, 0))
        FROM disputes d FULL JOIN booked b ON b.source = d.id
        LEFT JOIN lines l ON l.source_id = d.id
        WHERE d.id IS NULL
            OR coalesce(b.taken, 0) <> d.amount_withdrawn
            OR coalesce(b.again, 0) <> d.amount_reinstated
            OR coalesce(b.fee, 0) <> d.fee
            OR coalesce(l.net, 0) <> d.amount_reinstated - d.amount_withdrawn - d.fee
            OR d.amount_withdrawn <> CASE WHEN d.status IN ('needs_response', 'under_review',
                'lost', 'won') THEN d.amount ELSE 0 END
            OR d.amount_reinstated <> CASE WHEN d.status = 'won' THEN d.amount ELSE 0 END
        UNION ALL
        SELECT format('charge %s says %s disputed, its disputes hold %s of %s captured and %s'
            ' refunded', c.id, c.amount_disputed,
            coalesce(sum(d.amount_withdrawn - d.amount_reinstated), 0), c.amount_captured,
            c.amount_refunded)
        FROM charges c LEFT JOIN disputes d ON d.charge_id = c.id
        GROUP BY c.id
        HAVING coalesce(sum(d.amount_withdrawn - d.amount_reinstated), 0) <> c.amount_disputed
            OR c.amount_disputed + c.amount_refunded > c.amount_captured
        """,
    ),
    Check(
        "what the network told of disputes is worked off within the hour",
        "SELECT count(*) FROM dispute_notices",
        """
        SELECT format('notice %s (%s, case %s, payment %s) waits since %s', id, kind,
            case_reference, original, created_at)
        FROM dispute_notices WHERE status = 'waiting' AND created_at < now() - interval '1 hour'
        """,
    ),
    Check(
        "transfers and their reversals are booked from giver to taker",
        "SELECT count(*) FROM transfers",
        """
        SELECT format('transfer %s of %s from %s to %s is not booked so', t.id, t.amount,
            t.account_id, t.destination_id)
        FROM transfers t WHERE NOT EXISTS (
            SELECT FROM ledger.transfers l
            JOIN ledger.accounts d ON d.id = l.debit_account
            JOIN ledger.accounts c ON c.id = l.credit_account
            WHERE l.source = t.id AND l.code = 'transfer' AND l.amount = t.amount
                AND d.owner = t.account_id AND c.owner = t.destination_id AND d.kind = c.kind)
        UNION ALL
        SELECT format('transfer %s says %s reversed, its reversals are %s, booked %s', t.id,
            t.amount_reversed, coalesce(sum(r.amount), 0), coalesce(sum(l.amount), 0))
        FROM transfers t
        LEFT JOIN transfer_reversals r ON r.transfer_id = t.id
        LEFT JOIN ledger.transfers l ON l.source = r.id AND l.code = 'reversal'
        GROUP BY t.id
        HAVING coalesce(sum(r.amount), 0) <> t.amount_reversed
            OR coalesce(sum(l.amount), 0) <> t.amount_reversed
        UNION ALL
        SELECT format('charge %s says %s passed on, its transfers are %s', c.id,
            c.amount_transferred, coalesce(sum(t.amount - t.amount_reversed), 0))
        FROM charges c LEFT JOIN transfers t ON t.source_charge_id = c.id
        GROUP BY c.id
        HAVING coalesce(sum(t.amount - t.amount_reversed), 0) <> c.amount_transferred
            OR c.amount_transferred > c.amount_captured
        """,
    ),
    Check(
        "lines of balances add up to the ledger",
        "SELECT count(*) FROM balance_transactions",
        """
        WITH lines AS (
            SELECT account_id AS owner, status AS kind, currency, sum(net) AS net
            FROM balance_transactions GROUP BY 1, 2, 3
        ), kept AS (
            -- What she owes is money that her lines took and the available account had not.
            SELECT owner, CASE kind WHEN 'owed' THEN 'available' ELSE kind END AS kind, currency,
                sum(credits_posted - debits_posted) AS net
            FROM ledger.accounts WHERE kind IN ('pending', 'available', 'owed') GROUP BY 1, 2, 3
        )
        SELECT format('the lines of %s add up to %s %s %s, the ledger has %s', owner,
            coalesce(l.net, 0), currency, kind, coalesce(k.net, 0))
        FROM lines l FULL JOIN kept k USING (owner, kind, currency)
        WHERE coalesce(l.net, 0) <> coalesce(k.net, 0)
        """,
    ),
    Check(
        "rails owe what they took less what they gave back",
        "SELECT count(*) FROM ledger.accounts WHERE kind LIKE 'rail\\_%'",
        """
        WITH owed AS (
            SELECT 'rail_' || m.type AS kind, c.currency, sum(c.amount_captured)
                - sum((SELECT coalesce(sum(r.amount), 0) FROM refunds r
                       WHERE r.charge_id = c.id AND r.status = 'succeeded'))
                - sum((SELECT coalesce(sum(d.amount_withdrawn - d.amount_reinstated), 0)
                       FROM disputes d WHERE d.charge_id = c.id)) AS net
            FROM charges c JOIN payment_methods m ON m.id = c.payment_method_id GROUP BY 1, 2
        ), paid AS (
            SELECT 'rail_' || network AS kind, currency, sum(gross) AS net
            FROM network_settlements WHERE status = 'received' GROUP BY 1, 2
        )
        SELECT format('%s owes %s %s by the ledger, %s by the charges', k.kind,
            k.debits_posted - k.credits_posted, k.currency, coalesce(o.net, 0) - coalesce(p.net, 0))
        FROM ledger.accounts k LEFT JOIN owed o ON o.kind = k.kind AND o.currency = k.currency
        LEFT JOIN paid p ON p.kind = k.kind AND p.currency = k.currency
        WHERE k.kind IN ('rail_card', 'rail_wallet')
            AND k.debits_posted - k.credits_posted <> coalesce(o.net, 0) - coalesce(p.net, 0)
        """,
    ),
    Check(
        "payments that were asked for are answered within the hour",
        "SELECT count(*) FROM payment_attempts",
        """
        SELECT format('payment %s was asked of the rail at %s and has no answer yet', intent_id,
            asked_at)
        FROM payment_attempts
        WHERE status IN ('sent', 'unknown') AND asked_at < now() - interval '1 hour'
        """,
    ),
    Check(
        "payments that succeeded were told of once",
        "SELECT count(*) FROM events",
        """
        SELECT format('payment %s succeeded and %s events say so', i.id, count(e.id))
        FROM payment_intents i
        LEFT JOIN events e ON e.object_id = i.id AND e.type = 'payment_intent.succeeded'
        WHERE i.status = 'succeeded' GROUP BY i.id
        -- Events are kept for thirty days and a bit.
        HAVING count(e.id) NOT BETWEEN (i.created_at > now() - interval '30 days')::integer AND 1
        """,
    ),
    Check(
        "cards that were set up were agreed to by their issuers",
        "SELECT count(*) FROM setup_intents",
        """
        SELECT format('setup %s (%s) has %s attempts that succeeded, of its last: %s', s.id,
            s.status, count(a.id), coalesce(bool_and(a.id = s.attempt_id), false))
        FROM setup_intents s
        LEFT JOIN setup_attempts a ON a.setup_id = s.id AND a.status = 'succeeded'
        GROUP BY s.id
        HAVING count(a.id) <> (s.status = 'succeeded')::int
            OR NOT coalesce(bool_and(a.id = s.attempt_id
                AND a.payment_method_id = s.payment_method_id), true)
        UNION ALL
        SELECT format('method %s names the agreement %s, which nobody gave', m.id, m.agreement)
        FROM payment_methods m
        WHERE m.agreement IS NOT NULL
            AND NOT EXISTS (SELECT FROM setup_attempts a WHERE a.network_reference = m.agreement)
            AND NOT EXISTS (SELECT FROM payment_attempts a WHERE a.network_reference = m.agreement)
            AND NOT EXISTS (SELECT FROM charges c WHERE c.network_reference = m.agreement)
        """,
    ),
    # What `sql/0010_lean.sql` leaves without a foreign key is proved here, by value.
    Check(
        "charges say what their attempts and intents say",
        "SELECT count(*) FROM charges",
        """
        SELECT format('charge %s names payment %s, method %s and account %s; its attempt and'
            ' payment say %s, %s and %s', c.id, c.intent_id, c.payment_method_id, c.account_id,
            a.intent_id, coalesce(a.payment_method_id, m.id), i.account_id)
        FROM charges c
        LEFT JOIN payment_attempts a ON a.id = c.attempt_id
        LEFT JOIN payment_intents i ON i.id = c.intent_id
        LEFT JOIN payment_methods m ON m.id = c.payment_method_id
        LEFT JOIN (
            SELECT charge_id, sum(amount) AS amount FROM followups
            WHERE kind = 'increment' AND status = 'done' GROUP BY 1
        ) AS raised ON raised.charge_id = c.id
        WHERE (c.account_id, c.currency) IS DISTINCT FROM (i.account_id, i.currency)
            OR (c.intent_id, c.payment_method_id, c.amount - coalesce(raised.amount, 0))
                IS DISTINCT FROM (a.intent_id, a.payment_method_id, a.amount)
            -- An attempt that was answered at once is kept by its charge, under its own number.
            AND (a.id IS NOT NULL OR m.id IS NULL OR substr(c.id, 4) <> substr(c.attempt_id, 5)
                OR c.status = 'succeeded' AND c.amount <> i.amount)
        """,
    ),
    Check(
        "events and their deliveries belong to an account and its endpoints",
        "SELECT count(*) FROM event_deliveries",
        """
        SELECT format('event %s is of the unknown account %s', e.id, e.account_id)
        FROM events e LEFT JOIN accounts a ON a.id = e.account_id WHERE a.id IS NULL
        UNION ALL
        SELECT format('a delivery of event %s (of %s) is to endpoint %s (of %s)', d.event_id,
            coalesce(e.account_id, 'nobody'), d.endpoint_id, coalesce(w.account_id, 'nobody'))
        FROM event_deliveries d
        LEFT JOIN events e ON e.id = d.event_id
        LEFT JOIN webhook_endpoints w ON w.id = d.endpoint_id
        LEFT JOIN accounts a ON a.id = e.account_id
        WHERE e.id IS NULL
            OR w.account_id IS DISTINCT FROM CASE WHEN w.connect THEN a.parent_id ELSE a.id END
        """,
    ),
)
