from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('datasets', '0027_known_direct_awards'),
    ]

    operations = [
        migrations.AddField(
            model_name='pinnedfigure',
            name='releases',
            field=ArrayField(base_field=models.IntegerField(), default=list, editable=False, size=None),
        ),
    ]
