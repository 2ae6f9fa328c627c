import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('dialogues', '0007_commitment_comments'),
    ]

    operations = [
        migrations.CreateModel(
            name='SeenProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=1000, verbose_name='where it can be seen')),
                ('sha256', models.CharField(blank=True, help_text='Empty: it could not be opened.', max_length=64)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seen_proofs', to='dialogues.commitment')),
            ],
            options={
                'verbose_name': 'proof that was looked at',
                'verbose_name_plural': 'proofs that were looked at',
                'ordering': ['at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('commitment', 'url'), name='proof_seen_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seenproof',
            trigger=pgtrigger.compiler.Trigger(name='seen_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sha256" > \'\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2627215597e16502f0d9bd6e54f62e6cc90714cd', operation='UPDATE OR DELETE', pgid='pgtrigger_seen_stays_ec78e', table='dialogues_seenproof', when='BEFORE')),
        ),
    ]
