"""Backup and restore as docs/operate.md tells them: a real dump comes back whole, and whom it brought back is erased again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from gesoc import servers
from partners import services
from partners.models import Person
from projects.models import LogEntry
from tests.factories.partners import GesocFactory, MembershipFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
SCRATCH = "mesa_restored"


def pg(program: str, *arguments: str, database: str = "") -> None:
    where = connection.settings_dict
    command = [servers.pg_program(program), "--host", where["HOST"], "--username", where["USER"]]
    command += ["--port", str(where["PORT"] or 5432), *(["--dbname", database] if database else []), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def restored(dump: Path) -> Iterator[None]:
    """This process speaks to a database into which the dump was restored."""
    name = connection.settings_dict["NAME"]
    pg("createdb", "--template", "template0", SCRATCH)
    try:
        pg("pg_restore", "--clean", "--if-exists", "--exit-on-error", str(dump), database=SCRATCH)
        connection.close()
        connection.settings_dict["NAME"] = SCRATCH
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        pg("dropdb", "--force", SCRATCH)


def holding(trace: str) -> list[str]:
    """Tables with a row that says this anywhere, as a look at the whole database finds them."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{trace}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_edge_27_a_dump_restores_and_whom_it_brought_back_is_erased_again(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.txt"
    services.ensure_notices()
    member = MembershipFactory(user__full_name="Rosa Uc Pat", user__email="rosa.uc@x.example")
    rosa = services.person_of(user=member.user)
    LogEntry.objects.create(project=ProjectFactory(), text="Fuimos al mar", by=member.user)
    services.receive_arco(kind="cancelacion", name="Rosa Uc Pat", email=rosa.email, text="Bórrenme", by=None)
    services.queue_mail(
        kind="x",
        template="invitation",
        context={"membership": member, "link": "x"},
        key="m",
        by=GesocFactory(),
        person=rosa,
    )
    traces = ("Rosa Uc Pat", "rosa.uc@x.example", "rosa uc pat")
    dump = tmp_path / "mesa.dump"
    pg("pg_dump", "--format", "custom", "--file", str(dump), connection.settings_dict["NAME"])
    services.anonymise(person=rosa, by=None)
    assert [holding(trace) for trace in traces] == [[], [], []]
    entries = LogEntry.objects.count()
    with restored(dump):
        assert "partners_person" in holding("Rosa Uc Pat") and "partners_outboxmail" in holding("rosa.uc@x.example")
        call_command("reapply_erasures")
        assert [holding(trace) for trace in traces] == [[], [], []]
        assert Person.objects.get(key=rosa.key).state == Person.State.ANONYMISED
        assert LogEntry.objects.count() == entries
        call_command("migrate", check_unapplied=True, verbosity=0)
