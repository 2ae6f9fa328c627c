import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('dialogues', '0010_item_evidence'),
    ]

    operations = [
        migrations.CreateModel(
            name='MinutesPdf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(blank=True, help_text='Empty: not made yet.', max_length=64)),
                ('size', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, help_text='How often it could not be made.')),
                ('tried_at', models.DateTimeField(null=True)),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pdf', to='dialogues.minutesrevision')),
            ],
            options={
                'verbose_name': 'PDF of minutes',
                'verbose_name_plural': 'PDFs of minutes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('made_at__isnull', True), ('sha256', ''), ('size', 0)), models.Q(models.Q(('sha256', ''), _negated=True), ('made_at__isnull', False), ('size__gt', 0)), _connector='OR'), name='minutes_pdf_made_or_not')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='minutespdf',
            trigger=pgtrigger.compiler.Trigger(name='made_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sha256" > \'\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1748b09f8edbe6560353f98fdfd3dba60f9fa607', operation='UPDATE OR DELETE', pgid='pgtrigger_made_stays_f14e0', table='dialogues_minutespdf', when='BEFORE')),
        ),
    ]
