-- The fee on a chargeback is dated like the others, and what merchants pay is announced in time.

ALTER TABLE fee_rates DROP CONSTRAINT fee_rates_line_check;
ALTER TABLE fee_rates ADD CONSTRAINT fee_rates_line_check
    CHECK (line IN ('scheme', 'interchange', 'service', 'dispute'));
ALTER TABLE fee_rates DROP CONSTRAINT service_belongs_to_a_plan;
ALTER TABLE fee_rates ADD CONSTRAINT what_merchants_pay_belongs_to_a_plan
    CHECK ((line IN ('service', 'dispute')) = (plan_id IS NOT NULL));
-- A network is paid for clearing a payment, and clears its refund all the same.
ALTER TABLE fee_rates ADD CONSTRAINT schemes_keep_their_fee
    CHECK (line <> 'scheme' OR on_refund = 'kept') NOT VALID;
-- A chargeback costs a sum, whatever it is about; it stays, whoever wins.
ALTER TABLE fee_rates ADD CONSTRAINT a_dispute_costs_a_sum
    CHECK (line <> 'dispute' OR (share_bps = 0 AND cap IS NULL AND on_refund = 'kept'
        AND origin IS NULL AND funding IS NULL AND rail IS NULL AND currency IS NOT NULL));

-- By which rate a dispute's fee was taken: a rate's id, `setting`, or NULL where there is no fee.
ALTER TABLE disputes ADD COLUMN fee_rate text COLLATE "C";
SELECT make_put('disputes');
CREATE FUNCTION hold_dispute_fee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'fees_are_frozen',
        MESSAGE = 'fees_are_frozen', DETAIL = NEW.id;
END $$;
CREATE TRIGGER freeze_fees BEFORE UPDATE ON disputes FOR EACH ROW
    WHEN (OLD.amount_withdrawn > 0 AND (OLD.fee, OLD.fee_rate) IS DISTINCT FROM (NEW.fee, NEW.fee_rate))
    EXECUTE FUNCTION hold_dispute_fee();

-- Merchants learn of a dearer price two months before they pay it; a price that falls, or that of a
-- plan nobody pays by yet, may come the next day. Held for whoever writes, at commit, when the row
-- before and the row after a day both stand.
CREATE FUNCTION fee_notice_days() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 60';
CREATE FUNCTION check_fee_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change date := CASE TG_OP WHEN 'INSERT' THEN NEW.valid_from ELSE NEW.valid_until END;
    before fee_rates;
    after  fee_rates;
BEGIN
    IF NEW.plan_id IS NULL OR coalesce(current_setting('maalem.history', true), '') = 'on'
        OR change >= (now() AT TIME ZONE 'Africa/Casablanca')::date + fee_notice_days()
        OR NOT (CASE NEW.plan_id WHEN 'standard' THEN EXISTS (SELECT FROM accounts)
            ELSE EXISTS (SELECT FROM fee_terms WHERE plan_id = NEW.plan_id) END) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO before FROM fee_rates o WHERE o.valid_until = change AND same_payments(o, NEW);
    SELECT * INTO after FROM fee_rates o WHERE o.valid_from = change AND same_payments(o, NEW);
    IF before.id IS NULL OR after.id IS NULL OR after.share_bps > before.share_bps
        OR after.fixed > before.fixed OR (before.on_refund = 'returned' AND after.on_refund = 'kept')
        OR coalesce(after.cap, 9223372036854775807) > coalesce(before.cap, 9223372036854775807) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'merchants_have_notice',
            MESSAGE = 'merchants_have_notice', DETAIL = NEW.id,
            HINT = format('The earliest day is %s.',
                (now() AT TIME ZONE 'Africa/Casablanca')::date + fee_notice_days());
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION same_payments(one fee_rates, other fee_rates) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (one.line, one.plan_id, one.rail, one.origin, one.funding, one.merchant_kind, one.currency)
        IS NOT DISTINCT FROM (other.line, other.plan_id, other.rail, other.origin, other.funding,
            other.merchant_kind, other.currency)
$$;
CREATE CONSTRAINT TRIGGER merchants_have_notice AFTER INSERT OR UPDATE ON fee_rates
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_fee_notice();
