-- With whose key an officer's yes came in.
ALTER TABLE payout_approvals ADD COLUMN key_id text COLLATE "C";
SELECT make_put('payout_approvals');
-- A rule keeps its share back once at a time, not a share of what is left again and again.
CREATE UNIQUE INDEX one_reserve_by_rule ON reserves (account_id, rule_id, currency)
    WHERE status = 'held';
