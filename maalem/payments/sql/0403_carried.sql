-- Which payout carried a line of a balance. A scheduled payout takes all that was available when it
-- was decided: up to `carries_until`, but of what came in nothing after `young_after`.
ALTER TABLE payouts ADD COLUMN carries_until timestamptz, ADD COLUMN young_after timestamptz;
SELECT make_put('payouts');
CREATE INDEX payouts_carry ON payouts (account_id, currency, created_at) WHERE automatic;

-- The first scheduled payout that took it; none for what is pending, or left by a payout by hand.
CREATE FUNCTION payout_of_line(line balance_transactions) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT p.id FROM payouts p
    WHERE p.account_id = line.account_id AND p.currency = line.currency AND p.automatic
      AND p.created_at >= line.created_at AND line.status = 'available'
      AND CASE WHEN line.type = 'payout' AND EXISTS (
              SELECT FROM payouts o WHERE o.id = line.source_id AND o.automatic)
          THEN p.id = line.source_id
          ELSE greatest(line.available_on, line.created_at)
                  <= coalesce(p.carries_until, p.created_at)
              AND (p.young_after IS NULL OR line.net <= 0
                  OR line.type NOT IN ('charge', 'payment') OR line.created_at <= p.young_after)
          END
    ORDER BY p.created_at, p.id LIMIT 1
$$;
