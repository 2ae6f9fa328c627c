import django.db.models.deletion
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('dialogues', '0006_keep_promise'),
        ('projects', '0005_comments_elsewhere'),
    ]

    operations = [
        migrations.CreateModel(
            name='CommitmentComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='of_commitment', to='projects.comment')),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comment_links', to='dialogues.commitment')),
            ],
            options={
                'verbose_name': 'comment on a commitment',
                'verbose_name_plural': 'comments on commitments',
                'ordering': ['id'],
            },
        ),
    ]
