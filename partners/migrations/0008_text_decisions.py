import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('partners', '0007_twin_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='TextDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=80)),
                ('row', models.CharField(max_length=40)),
                ('field', models.CharField(max_length=60)),
                ('redacted', models.BooleanField(verbose_name='the name was taken out')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='text_decisions', to='partners.arcorequest')),
            ],
            options={
                'verbose_name': 'decision about a text',
                'verbose_name_plural': 'decisions about texts',
                'ordering': ['request', 'id'],
                'constraints': [models.UniqueConstraint(fields=('request', 'table', 'row', 'field'), name='text_decided_once')],
            },
        ),
    ]
