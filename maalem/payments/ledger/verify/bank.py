"""What the auditor asks of the bank's side.

Read from primary rows only: the bank's lines, the batches, the networks' reports, the payouts.
"""

from maalem.payments.ledger.verify.check import Check

CHECKS = (
    Check(
        "the bank's account is the lines of its statements",
        "SELECT count(*) FROM bank_lines",
        """
        WITH lines AS (
            SELECT currency, sum(amount) AS amount FROM bank_lines
            WHERE status = 'matched' GROUP BY 1
        ), beside AS (
            -- Told by hand and in no file of ours, so there is no line: the safeguarding proof
            -- holds these against the bank's own balance.
            SELECT p.currency, sum(CASE WHEN p.bank_reference IS NOT NULL
                    OR p.return_reference IS NOT NULL THEN -p.amount ELSE 0 END
                + CASE WHEN p.return_reference IS NOT NULL THEN p.amount ELSE 0 END) AS amount
            FROM payouts p
            WHERE NOT EXISTS (SELECT FROM payout_batches b WHERE b.id = p.batch_id) GROUP BY 1
        ), kept AS (
            SELECT a.currency, sum(CASE t.debit_account WHEN a.id THEN t.amount
                ELSE -t.amount END) AS amount
            FROM ledger.accounts a
            JOIN ledger.transfers t ON a.id IN (t.debit_account, t.credit_account)
            WHERE a.owner = 'house' AND a.kind = 'bank' AND t.kind IN ('posted', 'post') GROUP BY 1
        )
        SELECT format('the bank has %s %s by the ledger, %s by its matched lines',
            coalesce(k.amount, 0), currency, coalesce(l.amount, 0) + coalesce(b.amount, 0))
        FROM kept k FULL JOIN lines l USING (currency) FULL JOIN beside b USING (currency)
        WHERE coalesce(k.amount, 0) <> coalesce(l.amount, 0) + coalesce(b.amount, 0)
        """,
    ),
    Check(
        "lines of the bank are matched with what they are, or say why not",
        "SELECT count(*) FROM bank_lines",
        """
        SELECT format('line %s of %s is matched as %s with %s, which is not that', l.id, l.amount,
            l.matched_as, l.matched_to)
        FROM bank_lines l
        LEFT JOIN payouts p ON p.id = l.matched_to
        LEFT JOIN network_settlements s ON s.id = l.matched_to
        WHERE l.status = 'matched' AND NOT coalesce(CASE l.matched_as
            WHEN 'payout' THEN p.amount = -l.amount AND p.bank_reference = l.bank_reference
            WHEN 'return' THEN p.amount = l.amount AND p.return_reference = l.bank_reference
            WHEN 'network' THEN s.gross - s.interchange - s.scheme = l.amount
                AND s.status = 'received'
            ELSE EXISTS (SELECT FROM desk_deeds d WHERE d.id = l.matched_to AND d.status = 'done'
                AND l.id IN (d.about, d.target) AND d.kind = CASE l.matched_as
                    WHEN 'suspense' THEN 'suspend' WHEN 'owner' THEN 'give'
                    WHEN 'house' THEN 'bear' ELSE 'offset' END) END, false)
        UNION ALL
        SELECT format('line %s is neither matched nor listed with a reason', id)
        FROM bank_lines WHERE status = 'unmatched' AND coalesce(reason, '') = ''
        """,
    ),
    Check(
        "payouts are paid once, by a line of the bank",
        "SELECT count(*) FROM payout_batch_lines",
        """
        SELECT format('payout %s (%s, %s in its file) has %s lines that pay it and %s that bring it'
            ' back', p.id, p.status, b.status, count(l.id) FILTER (WHERE l.amount < 0),
            count(l.id) FILTER (WHERE l.amount > 0))
        FROM payout_batch_lines b
        JOIN payouts p ON p.id = b.payout_id
        LEFT JOIN bank_lines l ON l.matched_to = p.id AND l.status = 'matched'
        GROUP BY p.id, b.id
        HAVING count(l.id) FILTER (WHERE l.amount < 0)
                <> (b.status IN ('booked', 'returned'))::int
            OR count(l.id) FILTER (WHERE l.amount > 0) <> (b.status = 'returned')::int
            OR p.status <> CASE b.status WHEN 'booked' THEN 'paid' WHEN 'rejected' THEN 'failed'
                WHEN 'returned' THEN 'failed' ELSE 'in_transit' END
            OR p.batch_id IS DISTINCT FROM b.batch_id OR p.amount <> b.amount
        """,
    ),
    Check(
        "statements add up, and files are what their batches say",
        "SELECT count(*) FROM bank_statements",
        """
        SELECT format('statement %s opens with %s, closes with %s and has %s in %s lines',
            s.statement_id, s.opening, s.closing, coalesce(sum(l.amount), 0), count(l.id))
        FROM bank_statements s LEFT JOIN bank_lines l ON l.statement_id = s.id
        GROUP BY s.id
        HAVING s.opening + coalesce(sum(l.amount), 0) <> s.closing OR count(l.id) <> s.count
        UNION ALL
        SELECT format('batch %s says %s in %s payments, it has %s in %s', b.id, b.amount, b.count,
            coalesce(sum(l.amount), 0), count(l.id))
        FROM payout_batches b LEFT JOIN payout_batch_lines l ON l.batch_id = b.id
        GROUP BY b.id HAVING coalesce(sum(l.amount), 0) <> b.amount OR count(l.id) <> b.count
        """,
    ),
    Check(
        "networks' reports add up, and pay once what they report",
        "SELECT count(*) FROM network_settlements",
        """
        SELECT format('settlement %s says %s in %s payments, it has %s in %s', s.reference,
            s.gross, s.count, coalesce(sum(l.amount), 0), count(l.reference))
        FROM network_settlements s LEFT JOIN network_settlement_lines l ON l.settlement_id = s.id
        GROUP BY s.id HAVING coalesce(sum(l.amount), 0) <> s.gross OR count(l.reference) <> s.count
        UNION ALL
        SELECT format('settlement %s is %s and booked with %s', s.reference, s.status,
            coalesce(b.amount, 0))
        FROM network_settlements s
        LEFT JOIN (
            SELECT t.source, sum(CASE a.id WHEN t.credit_account THEN t.amount
                ELSE -t.amount END) AS amount
            FROM ledger.transfers t
            JOIN ledger.accounts a ON a.id IN (t.debit_account, t.credit_account)
                AND a.owner = 'house' AND a.kind IN ('rail_card', 'rail_wallet')
            WHERE t.code IN ('network_settled', 'interchange_netted', 'scheme_netted') GROUP BY 1
        ) AS b ON b.source = s.id
        WHERE coalesce(b.amount, 0) <> CASE s.status WHEN 'received' THEN s.gross ELSE 0 END
        """,
    ),
    Check(
        "what networks keep for their own work is owed, kept or accepted, day by day",
        "SELECT count(*) FROM network_settlements",
        """
        WITH frozen AS (
            SELECT coalesce(l.part, c.attempt_id) AS reference, c.created_at,
                sum(l.amount)::bigint AS amount
            FROM charges c CROSS JOIN LATERAL jsonb_to_recordset(c.fee_lines)
                AS l (line text, amount bigint, part text)
            WHERE l.line = 'scheme' GROUP BY 1, 2
        ), booked AS (
            SELECT source,
                coalesce(sum(amount) FILTER (WHERE code = 'scheme_cleared'), 0) AS cleared,
                coalesce(sum(amount) FILTER (WHERE code = 'scheme_netted'), 0) AS netted
            FROM ledger.transfers WHERE code IN ('scheme_cleared', 'scheme_netted') GROUP BY 1
        ), accepted AS (
            SELECT t.source, split_part(t.code, '_', 1) AS what,
                sum(CASE WHEN d.kind IN ('scheme', 'interchange') THEN t.amount
                    ELSE -t.amount END) AS amount
            FROM ledger.transfers t JOIN ledger.accounts d ON d.id = t.debit_account
            WHERE t.code IN ('scheme_accepted', 'interchange_accepted') GROUP BY 1, 2
        )
        SELECT format('settlement %s keeps %s and reckons with %s; it is booked with %s owed, %s'
            ' kept', s.reference, s.scheme, s.reckoned, coalesce(b.cleared, 0),
            coalesce(b.netted, 0))
        FROM network_settlements s FULL JOIN booked b ON b.source = s.id
        WHERE s.id IS NULL OR s.reckoned <> coalesce(b.cleared, 0)
            OR coalesce(b.netted, 0) <> CASE s.status WHEN 'received' THEN s.scheme ELSE 0 END
        UNION ALL
        SELECT format('settlement %s has %s of %s accepted, booked is %s', s.reference, a.said,
            a.what, coalesce(x.amount, 0))
        FROM network_settlements s CROSS JOIN LATERAL (VALUES ('scheme', s.scheme_accepted),
            ('interchange', s.interchange_accepted)) AS a (what, said)
        LEFT JOIN accepted x ON x.source = s.id AND x.what = a.what
        WHERE a.said <> coalesce(x.amount, 0)
        UNION ALL
        SELECT format('payment %s of settlement %s is reckoned with %s, its charge froze %s',
            l.reference, s.reference, l.reckoned, f.amount)
        FROM network_settlement_lines l
        JOIN network_settlements s ON s.id = l.settlement_id
        JOIN frozen f ON f.reference = l.reference
        WHERE l.reckoned <> f.amount AND (l.reckoned <> 0 OR f.created_at < s.created_at)
        """,
    ),
    Check(
        "fees of disputes follow from the rates of their day",
        "SELECT count(*) FROM disputes WHERE fee > 0",
        """
        SELECT format('dispute %s cost %s by %s, which says %s', d.id, d.fee,
            coalesce(d.fee_rate, 'no rate'), coalesce(r.fixed::text, 'nothing'))
        FROM disputes d LEFT JOIN fee_rates r ON r.id = d.fee_rate
        WHERE (d.fee > 0 AND d.fee_rate IS NULL AND EXISTS (
                SELECT FROM migrations m WHERE m.name = '0602_dated_costs.sql'
                    AND m.applied_at < d.created_at))
            OR (d.fee_rate IS NOT NULL AND d.fee_rate <> 'setting' AND (r.line, r.fixed)
                IS DISTINCT FROM ('dispute', d.fee))
        """,
    ),
    Check(
        "what was done by hand is booked, by as many officers as it takes",
        "SELECT count(*) FROM desk_deeds",
        """
        WITH booked AS (
            SELECT t.source, t.code, sum(CASE d.kind WHEN 'suspense' THEN t.amount
                ELSE -t.amount END) AS amount, min(c.owner) AS owner
            FROM ledger.transfers t JOIN ledger.accounts d ON d.id = t.debit_account
            JOIN ledger.accounts c ON c.id = t.credit_account
            WHERE t.code IN ('found_owner', 'borne') GROUP BY 1, 2
        )
        SELECT format('deed %s (%s of %s, %s) is booked with %s to %s', coalesce(d.id, b.source),
            d.kind, d.amount, d.status, coalesce(b.amount, 0), coalesce(b.owner, 'nobody'))
        FROM (SELECT * FROM desk_deeds WHERE kind IN ('give', 'bear')) d
        FULL JOIN booked b ON b.source = d.id
        WHERE d.id IS NULL OR (d.status = 'done') <> (b.source IS NOT NULL)
            OR (d.status = 'done' AND (b.amount, b.owner) IS DISTINCT FROM
                (d.amount, CASE d.kind WHEN 'give' THEN d.target ELSE 'house' END))
        UNION ALL
        SELECT format('deed %s (%s) is done by %s and %s', id, kind, officer,
            coalesce(second, 'nobody'))
        FROM desk_deeds WHERE status = 'done' AND kind NOT IN ('take', 'suspend')
            AND (by_two OR kind <> 'close')
            AND (coalesce(lower(btrim(second)) = lower(btrim(officer)), true)
                OR second_id = officer_id)
        UNION ALL
        SELECT format('suspense holds %s %s by the ledger, %s by the lines put aside',
            coalesce(k.amount, 0), currency, coalesce(l.amount, 0))
        FROM (SELECT a.currency, sum(CASE a.id WHEN t.credit_account THEN t.amount
                ELSE -t.amount END) AS amount
            FROM ledger.accounts a
            JOIN ledger.transfers t ON a.id IN (t.debit_account, t.credit_account)
            WHERE a.owner = 'house' AND a.kind = 'suspense' GROUP BY 1) k
        FULL JOIN (SELECT currency, sum(amount) AS amount FROM bank_lines
            WHERE matched_as = 'suspense' GROUP BY 1) l USING (currency)
        WHERE coalesce(k.amount, 0) <> coalesce(l.amount, 0)
        UNION ALL
        SELECT format('settlement %s has a difference accepted by nobody', s.reference)
        FROM network_settlements s CROSS JOIN LATERAL (VALUES ('scheme', s.scheme_accepted),
            ('interchange', s.interchange_accepted)) AS a (what, said)
        WHERE a.said <> 0 AND NOT EXISTS (SELECT FROM desk_deeds d WHERE d.about = s.id
            AND d.kind = 'accept' AND d.target = a.what AND d.amount = a.said
            AND d.status = 'done')
        """,
    ),
)
