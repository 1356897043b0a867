import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# The same rules as for the other rows of money; nobody gives back more than she was handed, nor
# before she was.
RULES = """
CREATE FUNCTION orders_reversed_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE gone bigint; handed record;
BEGIN
    SELECT amount_minor, status INTO handed FROM orders_release
     WHERE id = NEW.release_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_minor), 0) INTO gone FROM orders_reversal
     WHERE release_id = NEW.release_id;
    IF gone > handed.amount_minor THEN
        RAISE EXCEPTION 'more is taken back than release % handed over', NEW.release_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_reversed_within';
    END IF;
    IF NEW.status = 'done' AND handed.status <> 'done' THEN
        RAISE EXCEPTION 'release % was not handed over yet', NEW.release_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_reversed_after';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_status_next BEFORE INSERT OR UPDATE OF status ON orders_reversal
    FOR EACH ROW EXECUTE FUNCTION orders_status_next('requested',
    'requested>done', 'requested>unknown', 'requested>refused', 'unknown>done', 'unknown>refused',
    'refused>done', 'refused>unknown');
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders_reversal FOR EACH ROW EXECUTE FUNCTION
    orders_frozen('status', 'answer', 'reason', 'tries', 'refusals', 'asked_at', 'done_at');
CREATE TRIGGER orders_kept BEFORE DELETE ON orders_reversal
    FOR EACH ROW EXECUTE FUNCTION orders_kept();
CREATE CONSTRAINT TRIGGER orders_reversed_within AFTER INSERT OR UPDATE OF status
    ON orders_reversal FOR EACH ROW EXECUTE FUNCTION orders_reversed_within();
"""
UNDO = "DROP FUNCTION orders_reversed_within CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_border")]

    operations = [
        migrations.AddField(
            model_name="goodwill", name="is_owed", field=models.BooleanField(default=False)
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(default="MAD", max_length=3)),
                ("status", models.CharField(default="requested", max_length=10)),
                ("answer", models.CharField(blank=True, default="", max_length=255)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("refusals", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("asked_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("release", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="orders.release")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("status__in", ["requested", "unknown", "refused", "done"])), name="reversal_status_known"),
                    models.CheckConstraint(condition=models.Q(models.Q(("status", "done"), _negated=True), models.Q(("done_at__isnull", False), models.Q(("answer", ""), _negated=True)), _connector="OR"), name="reversal_done_has_an_answer"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="reversal_amount_positive"),
                ],
            },
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
