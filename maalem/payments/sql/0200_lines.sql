-- Every kind of movement that an owner's balance knows, and nothing else.
ALTER TABLE balance_transactions DROP CONSTRAINT balance_transactions_type_check;
ALTER TABLE balance_transactions ADD CONSTRAINT balance_transactions_type_check CHECK (type IN (
    'adjustment', 'application_fee', 'application_fee_refund', 'charge', 'payment',
    'payment_refund', 'payment_reversal', 'payout', 'payout_cancel', 'payout_failure', 'refund',
    'refund_failure', 'reserve_hold', 'reserve_release', 'stripe_fee', 'topup', 'topup_reversal',
    'transfer', 'transfer_cancel', 'transfer_failure', 'transfer_refund'));
