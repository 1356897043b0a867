"""What the auditor asks of the bank's side.

Read from primary rows only: the bank's lines, the batches, the networks' reports, the payouts.
"""

from maalem.payments.ledger.check import Check

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
            ELSE s.gross - s.interchange = l.amount AND s.status = 'received' END, false)
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
            WHERE t.code IN ('network_settled', 'interchange_netted') GROUP BY 1
        ) AS b ON b.source = s.id
        WHERE coalesce(b.amount, 0) <> CASE s.status WHEN 'received' THEN s.gross ELSE 0 END
        """,
    ),
)
