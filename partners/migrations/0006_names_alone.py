import gesoc.common.migrations
from django.db import migrations

from gesoc.common.text import search_text


def names_alone(apps, schema_editor):
    """What is searched letter by letter held the address too."""
    people = list(apps.get_model("partners", "Person").objects.exclude(email="").only("pk", "full_name"))
    for person in people:
        person.search_text = search_text(person.full_name)[:500]
    apps.get_model("partners", "Person").objects.bulk_update(people, ["search_text"], batch_size=500)


class Migration(gesoc.common.migrations.Migration):

    dependencies = [("partners", "0005_records_and_privacy")]

    operations = [migrations.RunPython(names_alone, migrations.RunPython.noop)]
