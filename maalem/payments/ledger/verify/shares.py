"""Is what was shared between accounts right? Counted again from the primary rows."""

from maalem.payments.ledger.verify.check import Check

CHECKS = (
    Check(
        "payments that are shared were shared as they were asked for",
        "SELECT count(*) FROM charges WHERE transfer_id IS NOT NULL OR application_fee_id"
        " IS NOT NULL",
        """
        SELECT format('charge %s (%s taken, %s to %s, fee %s) passed %s on and earned %s', c.id,
            c.amount_captured, coalesce(c.transfer_amount, c.amount_captured),
            coalesce(c.transfer_destination, 'nobody'), coalesce(c.application_fee_amount, 0),
            coalesce(t.amount, 0), coalesce(f.amount, 0))
        FROM charges c
        LEFT JOIN transfers t ON t.id = c.transfer_id
        LEFT JOIN application_fees f ON f.id = c.application_fee_id
        LEFT JOIN accounts a ON a.id = c.account_id
        WHERE c.amount_captured > 0 AND (
            (c.transfer_destination IS NOT NULL AND (t.id IS NULL
                OR t.amount <> least(c.amount_captured, c.transfer_amount)
                OR (t.source_charge_id, t.account_id, t.destination_id)
                    IS DISTINCT FROM (c.id, c.account_id, c.transfer_destination)))
            OR (c.transfer_destination IS NULL AND c.transfer_id IS NOT NULL)
            OR coalesce(f.amount, 0)
                <> least(coalesce(c.application_fee_amount, 0), t.amount, c.amount_captured)
            OR (f.id IS NOT NULL AND t.id IS NULL
                AND (f.account_id, f.payer_account_id, f.charge_id, f.originating_charge_id)
                IS DISTINCT FROM (a.parent_id, c.account_id, c.id, NULL::text))
            OR (f.id IS NOT NULL AND t.id IS NOT NULL
                AND (f.account_id, f.payer_account_id, f.charge_id, f.originating_charge_id)
                IS DISTINCT FROM (c.account_id, t.destination_id, t.destination_payment_id, c.id)))
        """,
    ),
    Check(
        "what was passed on is a payment of its destination",
        "SELECT count(*) FROM destination_payments",
        """
        SELECT format('payment %s of %s for %s does not mirror transfer %s (%s, %s reversed)',
            coalesce(p.id, t.destination_payment_id), coalesce(p.amount, 0),
            coalesce(p.account_id, 'nobody'), t.id, t.amount, t.amount_reversed)
        FROM transfers t FULL JOIN destination_payments p ON p.id = t.destination_payment_id
        LEFT JOIN application_fees f ON f.charge_id = p.id
        LEFT JOIN balance_transactions x ON x.id = t.destination_transaction_id
        WHERE t.id IS NULL OR p.id IS NULL
            OR (p.transfer_id, p.account_id, p.amount, p.amount_refunded, p.currency,
                p.balance_transaction_id, p.application_fee_id, p.application_fee_amount)
                IS DISTINCT FROM (t.id, t.destination_id, t.amount, t.amount_reversed, t.currency,
                t.destination_transaction_id, f.id, f.amount)
            OR (x.source_id, x.amount, x.fee)
                IS DISTINCT FROM (p.id, p.amount, coalesce(p.application_fee_amount, 0))
        UNION ALL
        SELECT format('refund %s of %s does not mirror reversal %s of %s', coalesce(p.id,
            r.payment_refund_id), coalesce(p.amount, 0), r.id, r.amount)
        FROM transfer_reversals r FULL JOIN payment_refunds p ON p.id = r.payment_refund_id
        LEFT JOIN transfers t ON t.id = r.transfer_id
        WHERE (p.reversal_id, p.payment_id, p.account_id, p.amount, p.balance_transaction_id)
            IS DISTINCT FROM (r.id, t.destination_payment_id, t.destination_id, r.amount,
                r.destination_transaction_id)
        """,
    ),
    Check(
        "application fees and their refunds are booked from payer to platform and back",
        "SELECT count(*) FROM application_fees",
        """
        WITH booked AS (
            SELECT l.source, l.code, l.amount, d.owner AS giver, c.owner AS taker
            FROM ledger.transfers l
            JOIN ledger.accounts d ON d.id = l.debit_account
            JOIN ledger.accounts c ON c.id = l.credit_account
            WHERE l.code IN ('application_fee', 'application_fee_refund')
        )
        SELECT format('fee %s of %s from %s to %s is booked with %s from %s to %s',
            coalesce(f.id, b.source), coalesce(f.amount, 0), f.payer_account_id, f.account_id,
            coalesce(b.amount, 0), b.giver, b.taker)
        FROM application_fees f
        FULL JOIN (SELECT * FROM booked WHERE code = 'application_fee') b ON b.source = f.id
        WHERE (f.amount, f.payer_account_id, f.account_id)
            IS DISTINCT FROM (b.amount, b.giver, b.taker)
        UNION ALL
        SELECT format('refund %s of %s of fee %s is booked with %s from %s to %s',
            coalesce(r.id, b.source), coalesce(r.amount, 0), f.id, coalesce(b.amount, 0), b.giver,
            b.taker)
        FROM application_fee_refunds r
        FULL JOIN (SELECT * FROM booked WHERE code = 'application_fee_refund') b
            ON b.source = r.id
        LEFT JOIN application_fees f ON f.id = r.fee_id
        WHERE (r.amount, f.account_id, f.payer_account_id)
            IS DISTINCT FROM (b.amount, b.giver, b.taker)
        UNION ALL
        SELECT format('fee %s says %s of %s given back, its refunds are %s', f.id,
            f.amount_refunded, f.amount, coalesce(sum(r.amount), 0))
        FROM application_fees f LEFT JOIN application_fee_refunds r ON r.fee_id = f.id
        GROUP BY f.id
        HAVING coalesce(sum(r.amount), 0) <> f.amount_refunded
            OR f.amount_refunded + f.amount_reserved > f.amount
        """,
    ),
    Check(
        "refunds took back from the others what they say",
        "SELECT count(*) FROM refunds WHERE shared_bucket IS NOT NULL",
        """
        SELECT format('refund %s (%s) took %s of %s back and gave %s of %s of the fee', r.id,
            r.status, coalesce(v.amount, 0), r.transfer_part, coalesce(g.amount, 0), r.fee_part)
        FROM refunds r
        LEFT JOIN transfer_reversals v ON v.source_refund_id = r.id
        LEFT JOIN application_fee_refunds g ON g.source_refund_id = r.id
        LEFT JOIN charges c ON c.id = r.charge_id
        LEFT JOIN transfers t ON t.id = v.transfer_id
        -- What others gave for a refund stays given where its money came back.
        WHERE coalesce(v.amount, 0) <> CASE WHEN r.status = 'succeeded'
                OR r.returned_at IS NOT NULL THEN r.transfer_part ELSE 0 END
            OR coalesce(g.amount, 0) <> CASE WHEN r.status = 'succeeded'
                OR r.returned_at IS NOT NULL THEN r.fee_part ELSE 0 END
            OR v.id IS DISTINCT FROM r.transfer_reversal_id
            OR (v.id IS NOT NULL AND t.id IS DISTINCT FROM c.transfer_id)
            OR (g.id IS NOT NULL AND g.fee_id IS DISTINCT FROM c.application_fee_id)
        UNION ALL
        SELECT format('%s keeps %s for refunds under way, they are %s', o.id, o.reserved,
            coalesce(sum(o.part), 0))
        FROM (
            SELECT t.id, t.amount_reserved AS reserved, r.transfer_part AS part
            FROM transfers t LEFT JOIN charges c ON c.transfer_id = t.id
            LEFT JOIN refunds r ON r.charge_id = c.id AND r.status = 'pending'
            UNION ALL
            SELECT f.id, f.amount_reserved, r.fee_part
            FROM application_fees f LEFT JOIN charges c ON c.application_fee_id = f.id
            LEFT JOIN refunds r ON r.charge_id = c.id AND r.status = 'pending'
        ) AS o
        GROUP BY o.id, o.reserved HAVING coalesce(sum(o.part), 0) <> o.reserved
        """,
    ),
)
