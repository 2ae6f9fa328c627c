import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import gesoc.common.migrations
from gesoc.common.text import search_text
from partners.likeness import bare_name, host_of


def write_keys(apps, schema_editor):
    """Names and sites as they are compared from now on."""
    model = apps.get_model("partners", "Organisation")
    rows = list(model.objects.only("pk", "name", "website", "acronym"))
    for row in rows:
        row.bare_key, row.host_key = bare_name(row.name)[:200], host_of(row.website)[:200]
        row.acronym_key = search_text(row.acronym)[:60]
    model.objects.bulk_update(rows, ["bare_key", "host_key", "acronym_key"], batch_size=500)


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ('municipalities', '0001_initial'),
        ('partners', '0006_names_alone'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='organisation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organisation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organisation',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='organisation',
            name='acronym_key',
            field=models.CharField(blank=True, editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name='organisation',
            name='bare_key',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='organisation',
            name='host_key',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='organisationevent',
            name='acronym_key',
            field=models.CharField(blank=True, editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name='organisationevent',
            name='bare_key',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='organisationevent',
            name='host_key',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(condition=models.Q(('merged_into__isnull', True), models.Q(('bare_key', ''), _negated=True)), fields=['bare_key', 'id'], name='organisation_twin_bare'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(condition=models.Q(('merged_into__isnull', True), models.Q(('host_key', ''), _negated=True)), fields=['host_key', 'id'], name='organisation_twin_host'),
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(condition=models.Q(('merged_into__isnull', True), models.Q(('acronym_key', ''), _negated=True)), fields=['acronym_key', 'id'], name='organisation_twin_acronym'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('state', 'activa'), models.Q(('phone_key', ''), _negated=True)), fields=['phone_key', 'id'], name='person_twin_phone'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('state', 'activa')), fields=['sort_key', 'id'], name='person_twin_name'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('shared_email', True), ('state', 'activa')), fields=['email'], name='person_shared_email'),
        ),
        migrations.AddIndex(
            model_name='relationship',
            index=models.Index(fields=['-since', '-id'], name='relationship_newest'),
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop),  # while no trigger writes it into the history
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "partners_organisationevent" ("acronym", "acronym_key", "bare_key", "created_at", "description", "home_municipality_id", "host_key", "id", "is_network_partner", "kind", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_email", "registry_id", "search_text", "slug", "sort_key", "status", "themes", "website") VALUES (NEW."acronym", NEW."acronym_key", NEW."bare_key", NEW."created_at", NEW."description", NEW."home_municipality_id", NEW."host_key", NEW."id", NEW."is_network_partner", NEW."kind", NEW."merged_into_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_email", NEW."registry_id", NEW."search_text", NEW."slug", NEW."sort_key", NEW."status", NEW."themes", NEW."website"); RETURN NULL;', hash='bce4d4d3ee6cc8a07f3d003c6d49db821f777d81', operation='INSERT', pgid='pgtrigger_insert_insert_ce7ac', table='partners_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "partners_organisationevent" ("acronym", "acronym_key", "bare_key", "created_at", "description", "home_municipality_id", "host_key", "id", "is_network_partner", "kind", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_email", "registry_id", "search_text", "slug", "sort_key", "status", "themes", "website") VALUES (NEW."acronym", NEW."acronym_key", NEW."bare_key", NEW."created_at", NEW."description", NEW."home_municipality_id", NEW."host_key", NEW."id", NEW."is_network_partner", NEW."kind", NEW."merged_into_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_email", NEW."registry_id", NEW."search_text", NEW."slug", NEW."sort_key", NEW."status", NEW."themes", NEW."website"); RETURN NULL;', hash='ec6e5e871b8553be1066d317d811c6be84cd3c5a', operation='UPDATE', pgid='pgtrigger_update_update_8fb0e', table='partners_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "partners_organisationevent" ("acronym", "acronym_key", "bare_key", "created_at", "description", "home_municipality_id", "host_key", "id", "is_network_partner", "kind", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_email", "registry_id", "search_text", "slug", "sort_key", "status", "themes", "website") VALUES (OLD."acronym", OLD."acronym_key", OLD."bare_key", OLD."created_at", OLD."description", OLD."home_municipality_id", OLD."host_key", OLD."id", OLD."is_network_partner", OLD."kind", OLD."merged_into_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."public_email", OLD."registry_id", OLD."search_text", OLD."slug", OLD."sort_key", OLD."status", OLD."themes", OLD."website"); RETURN NULL;', hash='31a0a711cb792c85ca6244bc00abee4caea430fd', operation='DELETE', pgid='pgtrigger_delete_delete_7d3a7', table='partners_organisation', when='AFTER')),
        ),
    ]
