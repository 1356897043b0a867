"""What the database itself refuses of a claim: of a parcel that never came or of another workshop,
states out of order, another sum than the money's own rows, a history rewritten.
"""

from django.db import migrations

RULES = """
ALTER TABLE returns_claim ADD CONSTRAINT claim_photos_bounded CHECK
    (jsonb_typeof(photos) = 'array' AND jsonb_array_length(photos) <= 4);
CREATE TRIGGER returns_born BEFORE INSERT ON returns_claim
    FOR EACH ROW EXECUTE FUNCTION returns_born();
CREATE TRIGGER returns_money BEFORE INSERT OR UPDATE ON returns_claim
    FOR EACH ROW EXECUTE FUNCTION returns_money();
CREATE TRIGGER returns_status_next BEFORE INSERT OR UPDATE OF status ON returns_claim
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('made',
    'made>granted', 'made>offered', 'made>wanted_back', 'made>denied', 'made>escalated',
    'made>withdrawn', 'offered>granted', 'offered>escalated', 'offered>withdrawn',
    'wanted_back>granted', 'wanted_back>escalated', 'wanted_back>withdrawn',
    'denied>escalated', 'denied>withdrawn', 'escalated>decided', 'escalated>withdrawn');
CREATE TRIGGER returns_frozen BEFORE UPDATE ON returns_claim FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'answer', 'offer_minor', 'tracking', 'verdict', 'decided_by_id',
    'amount_minor', 'share_minor', 'settled_at', 'given_id', 'reversal_id');
CREATE TRIGGER returns_over BEFORE UPDATE ON returns_claim FOR EACH ROW
    WHEN (OLD.status IN ('granted', 'decided', 'withdrawn') AND NEW.* IS DISTINCT FROM OLD.*)
    EXECUTE FUNCTION returns_over();
CREATE TRIGGER returns_frozen BEFORE UPDATE ON returns_claimevent
    FOR EACH ROW EXECUTE FUNCTION orders_frozen('none');
CREATE TRIGGER returns_kept BEFORE DELETE ON returns_claim
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE TRIGGER returns_kept BEFORE DELETE ON returns_claimevent
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
"""

UNDO = """
DROP TRIGGER returns_born ON returns_claim;
DROP TRIGGER returns_money ON returns_claim;
DROP TRIGGER returns_status_next ON returns_claim;
DROP TRIGGER returns_frozen ON returns_claim;
DROP TRIGGER returns_over ON returns_claim;
DROP TRIGGER returns_frozen ON returns_claimevent;
DROP TRIGGER returns_kept ON returns_claim;
DROP TRIGGER returns_kept ON returns_claimevent;
ALTER TABLE returns_claim DROP CONSTRAINT claim_photos_bounded;
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0003_claims")]
    operations = [migrations.RunSQL([RULES], UNDO)]
