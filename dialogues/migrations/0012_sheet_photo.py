import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('dialogues', '0011_minutes_pdf'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SheetPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('content_type', models.CharField(editable=False, max_length=20)),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='size')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
                ('erased_at', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
                ('added_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheet_photos', to='dialogues.session', verbose_name='dialogue')),
            ],
            options={
                'verbose_name': 'photo of a signed sheet',
                'verbose_name_plural': 'photos of signed sheets',
                'ordering': ['id'],
            },
        ),
    ]
