import django.db.models.deletion
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('dialogues', '0009_seats'),
    ]

    operations = [
        migrations.AddField(
            model_name='sessionevidence',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence_uses', to='dialogues.agendaitem', verbose_name='part of the agenda'),
        ),
    ]
