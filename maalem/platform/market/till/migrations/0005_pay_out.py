from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("till", "0004_write_rules"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="askedrefund",
            options={
                "ordering": ["id"],
                "permissions": [
                    ("see_all_payments", "Can see the payments of every account"),
                    ("give_back_payments", "Can give back payments of every account"),
                    ("answer_disputes", "Can answer disputes of every account"),
                    ("run_programs", "Can look after the platform's keys and endpoints"),
                    ("judge_reviews", "Can judge payments that a rule put aside"),
                    ("watch_bank", "Can see the institution's bank account and its proofs"),
                    ("write_rules", "Can write the rules that block payments, and their lists"),
                    ("pay_out", "Can send the platform's own money to its bank"),
                ],
            },
        ),
    ]
