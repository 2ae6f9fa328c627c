import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import gesoc.common.migrations


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('projects', '0004_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='comment',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='comment',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='comment',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='comment',
            name='comment_stands_beside_one_thing',
        ),
        migrations.AddField(
            model_name='comment',
            name='elsewhere',
            field=models.CharField(blank=True, editable=False, max_length=20, verbose_name='beside something else'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='elsewhere',
            field=models.CharField(blank=True, editable=False, max_length=20, verbose_name='beside something else'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_commentevent" ("by_id", "challenge_id", "created_at", "edited_at", "elsewhere", "entry_id", "evidence_id", "id", "key", "network_only", "note_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removal_reason", "removed_at", "text") VALUES (NEW."by_id", NEW."challenge_id", NEW."created_at", NEW."edited_at", NEW."elsewhere", NEW."entry_id", NEW."evidence_id", NEW."id", NEW."key", NEW."network_only", NEW."note_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removal_reason", NEW."removed_at", NEW."text"); RETURN NULL;', hash='160a2f5841931e2341687a4af9a06878eca62c27', operation='INSERT', pgid='pgtrigger_insert_insert_a6c1a', table='projects_comment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_commentevent" ("by_id", "challenge_id", "created_at", "edited_at", "elsewhere", "entry_id", "evidence_id", "id", "key", "network_only", "note_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removal_reason", "removed_at", "text") VALUES (NEW."by_id", NEW."challenge_id", NEW."created_at", NEW."edited_at", NEW."elsewhere", NEW."entry_id", NEW."evidence_id", NEW."id", NEW."key", NEW."network_only", NEW."note_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removal_reason", NEW."removed_at", NEW."text"); RETURN NULL;', hash='15a853c07edc995223b7d5dfdbf4a4ae3e741df3', operation='UPDATE', pgid='pgtrigger_update_update_ee88c', table='projects_comment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_commentevent" ("by_id", "challenge_id", "created_at", "edited_at", "elsewhere", "entry_id", "evidence_id", "id", "key", "network_only", "note_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removal_reason", "removed_at", "text") VALUES (OLD."by_id", OLD."challenge_id", OLD."created_at", OLD."edited_at", OLD."elsewhere", OLD."entry_id", OLD."evidence_id", OLD."id", OLD."key", OLD."network_only", OLD."note_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removal_reason", OLD."removed_at", OLD."text"); RETURN NULL;', hash='6ed06d710af32a2ebb972e7181292518ad7b81ef', operation='DELETE', pgid='pgtrigger_delete_delete_18fcf', table='projects_comment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('challenge__isnull', True), ('entry__isnull', True), ('evidence__isnull', True), ('note__isnull', True), models.Q(('elsewhere', ''), _negated=True)), models.Q(('challenge__isnull', True), ('elsewhere', ''), ('entry__isnull', False), ('evidence__isnull', True), ('note__isnull', True)), models.Q(('challenge__isnull', False), ('elsewhere', ''), ('entry__isnull', True), ('evidence__isnull', True), ('note__isnull', True)), models.Q(('challenge__isnull', True), ('elsewhere', ''), ('entry__isnull', True), ('evidence__isnull', False), ('note__isnull', True)), models.Q(('challenge__isnull', True), ('elsewhere', ''), ('entry__isnull', True), ('evidence__isnull', True), ('note__isnull', False)), _connector='OR'), name='comment_stands_beside_one_thing'),
        ),
    ]
