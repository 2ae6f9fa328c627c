import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from datasets.ingest import pipeline
from datasets.models import Ingest
from datasets.services import ingest_options, prepare_ingest, register_file

REFERENCE = ("municipalities_state", "municipalities_municipality", "datasets_classnode", "datasets_publicbody")


@pytest.fixture(scope="session")
def reference(django_db_setup: None, django_db_blocker: Any) -> dict[str, bytes]:
    """The reference tables as one `load_reference` leaves them, made once: a second for the session and not for each test."""
    tables = {}
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        with connection.cursor() as cursor:
            for table in REFERENCE:
                out = io.BytesIO()
                cursor.copy_expert(f"COPY {table} TO STDOUT (FORMAT binary)", out)
                tables[table] = out.getvalue()
        transaction.set_rollback(True)
    return tables


@pytest.fixture
def territory(db: None, reference: dict[str, bytes]) -> None:
    """All states and municipalities, classifiers and governments, as an installation has them."""
    with connection.cursor() as cursor:
        for table, data in reference.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", io.BytesIO(data))


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a file and returns its path: `write("a.csv", text, encoding="cp1252")`."""

    def make(name: str, text: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return make


@pytest.fixture
def ingest(territory: None) -> Any:
    """Runs a file through the pipeline, in this process: `ingest(path, publish=True, municipality="05035")`."""

    def run(path: Path, *, publish: bool = False, **said: Any) -> Ingest:
        with path.open("rb") as stream:
            file = register_file(stream=stream, name=path.name)
        started = prepare_ingest(file=file, options=ingest_options(**said), publish=publish)
        return started.ingest if started.ingest.is_finished else pipeline.run_ingest(started.ingest.pk)

    return run
