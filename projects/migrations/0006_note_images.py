import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('projects', '0005_comments_elsewhere'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoteImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('alt', models.CharField(help_text='For whoever does not see it: what matters in it, in a sentence.', max_length=300, verbose_name='what it shows')),
                ('caption', models.CharField(blank=True, help_text='Below it: whose it is, and of when.', max_length=300, verbose_name='caption')),
                ('content_type', models.CharField(editable=False, max_length=20)),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('size', models.PositiveIntegerField(editable=False)),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to='projects.researchnote', verbose_name='research note')),
            ],
            options={
                'verbose_name': 'image of a note',
                'verbose_name_plural': 'images of notes',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('alt', ''), _negated=True), name='image_says_what_it_shows')],
            },
        ),
    ]
