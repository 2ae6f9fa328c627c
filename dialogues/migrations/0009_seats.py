import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('dialogues', '0008_seen_proofs'),
        ('partners', '0007_twin_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('by_hand', models.BooleanField(default=False, verbose_name='by hand')),
            ],
            options={
                'verbose_name': 'seat',
                'verbose_name_plural': 'seats',
                'ordering': ['table', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='table',
            constraint=models.UniqueConstraint(fields=('session', 'round', 'host'), name='host_of_one_table_a_round', violation_error_message='Nobody hosts two tables of one round.'),
        ),
        migrations.AddField(
            model_name='seat',
            name='registration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='dialogues.registration', verbose_name='registration'),
        ),
        migrations.AddField(
            model_name='seat',
            name='table',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taken_seats', to='dialogues.table', verbose_name='table'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('registration', 'round'), name='one_seat_a_round'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seat',
            trigger=pgtrigger.compiler.Trigger(name='copy_round', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    SELECT t.round INTO NEW.round FROM dialogues_table t WHERE t.id = NEW.table_id;\n    RETURN NEW;\n', hash='3150fa76c9e2fb8684c1c4db1ed7d8eee7e88660', operation='INSERT OR UPDATE', pgid='pgtrigger_copy_round_5fea1', table='dialogues_seat', when='BEFORE')),
        ),
    ]
