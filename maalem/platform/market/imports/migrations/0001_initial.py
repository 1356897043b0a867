"""Files that came in, their lines, and the workshops' own numbers of their pieces."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('artisans', '0001_initial'),
        ('catalog', '0007_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('columns', models.JSONField()),
                ('lines_count', models.PositiveIntegerField()),
                ('status', models.CharField(default='waiting', max_length=8)),
                ('by', models.CharField(max_length=120)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('done_at', models.DateTimeField(null=True)),
                ('artisan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='artisans.artisan')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ImportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('cells', models.JSONField()),
                ('status', models.CharField(default='waiting', max_length=8)),
                ('faults', models.JSONField(default=list)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='imports.import')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalog.product')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=64)),
                ('artisan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='artisans.artisan')),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reference', to='catalog.product')),
            ],
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.UniqueConstraint(fields=('artisan', 'digest'), name='import_once'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'done'])), name='import_status_known'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='import_digest_is_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), ('done_at__isnull', False), _connector='OR'), name='import_done_has_a_time'),
        ),
        migrations.AddIndex(
            model_name='importline',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['made_by', 'number'], name='import_line_waiting'),
        ),
        migrations.AddIndex(
            model_name='importline',
            index=models.Index(condition=models.Q(('status', 'wrong')), fields=['made_by', 'number'], name='import_line_wrong'),
        ),
        migrations.AddConstraint(
            model_name='importline',
            constraint=models.UniqueConstraint(fields=('made_by', 'number'), name='import_line_once'),
        ),
        migrations.AddConstraint(
            model_name='importline',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'made', 'changed', 'same', 'wrong'])), name='import_line_status_known'),
        ),
        migrations.AddConstraint(
            model_name='importline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'wrong'), models.Q(('faults', []), _negated=True)), models.Q(models.Q(('status', 'wrong'), _negated=True), ('faults', [])), _connector='OR'), name='import_line_wrong_says_why'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.UniqueConstraint(fields=('artisan', 'reference'), name='reference_once'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('reference', ''), _negated=True), name='reference_not_empty'),
        ),
    ]
