"""What came of the dialogues: public things only, no sector of fewer than five, nothing that two copies give away."""

import csv
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from dialogues.models import Attendance, MinutesRevision, ParticipationCount, SessionEvidence
from dialogues.services import minutes
from partners.models import OrganisationStatus
from partners.selectors import growth
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import RegistrationFactory, SessionFactory
from tests.factories.partners import UserFactory
from tests.factories.projects import EvidenceFactory

pytestmark = pytest.mark.django_db
PAGE = "/dialogos/resultados/"


def came(session, **sectors):
    for sector, n in sectors.items():
        for _ in range(n):
            row = RegistrationFactory(session=session, sector_at_time=sector)
            Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")


def published(*, sectors=None, **fields):
    session = SessionFactory(state="realizada", **fields)
    came(session, **(sectors or {}))
    by = UserFactory()
    minutes.save_minutes(session=session, body="Texto", base=0, by=by)
    minutes.publish_minutes(session=session, base=1, by=by)
    return session


def lines(client, **query):
    text = b"".join(client.get("/dialogos/resultados.csv", query).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_task_18_dialogues_sectors_and_commitments_on_one_page_and_in_its_file(client):
    session = published(title="¿Qué obra va primero?", sectors={"osc": 6, "gobierno": 5, "medios": 2})
    for state in ("verificado", "aceptado", "cancelado"):
        CommitmentFactory(session=session, state=state)
    CommitmentFactory(session=session, visibility="privada")
    SessionEvidence.objects.create(session=session, evidence=EvidenceFactory(visibility="publica"))
    SessionEvidence.objects.create(session=session, evidence=EvidenceFactory(visibility="privada"))
    OrganisationStatus.objects.create(
        organisation=session.host_organisation, status="activa", since="2024-05-01", step=1
    )
    page = client.get(PAGE)
    assert page.context["growth"][-1] == (2024, 1, 0, 1)
    found = page.context["found"]
    # Two of the media and five of the government together: nobody is a group of fewer than five.
    assert (found.dialogues, found.people, dict(found.sectors)) == (1, 13, {"osc": 6, "otros": 7})
    assert (found.agreed, found.kept, found.cards) == (2, 1, 1)
    assert "¿Qué obra va primero?" in page.content.decode()
    (line,) = lines(client)
    said = [line[name] for name in ("people", "people_osc", "people_medios", "people_otros", "commitments", "evidence")]
    assert said == ["13", "6", "", "7", "2", "1"]
    assert set(line) == {column.name for column in page.context["dictionary"]}
    assert client.get("/dialogos/resultados/red.csv").headers["Location"].endswith("/red/crecimiento.csv")
    sheets = workbook(client.get("/dialogos/resultados.xlsx?anio=" + line["date"][:4]))
    assert list(sheets) == ["Diálogos", "Crecimiento de la red", "Columnas", "Notas"]
    heading, held = sheets["Diálogos"]
    told = dict(zip(heading, held, strict=True))
    assert {name: str(told[name]).removesuffix(".0") for name in line} == line
    assert sheets["Crecimiento de la red"][1:] == [list(year) for year in growth()] != []
    assert any("menos de cinco" in str(row) for row in sheets["Notas"])
    meanings = b"".join(client.get("/dialogos/resultados/diccionario.csv").streaming_content).decode("utf-8-sig")
    assert len(meanings.splitlines()) == len(line) + 1


def workbook(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_what_is_private_reserved_or_without_minutes_is_not_told(client):
    for fields in ({"visibility": "privada"}, {"visibility": "red"}):
        published(sectors={"osc": 6}, **fields)
    came(SessionFactory(state="realizada"), osc=6)
    assert client.get(PAGE).context["found"].dialogues == 0
    assert lines(client) == []


def test_no_sum_tells_of_a_group_of_fewer_than_five(client):
    """Sums are of what is told of each dialogue: what is hidden in one cannot be found by taking the others away."""
    published(sectors={"ciudadania": 10})
    published(sectors={"ciudadania": 3, "osc": 8})
    published(sectors={"medios": 4})
    rows = lines(client)
    told = [{name: int(line[name]) for name in line if name.startswith("people") and line[name]} for line in rows]
    assert all(number >= 5 for line in told for number in line.values())
    found = client.get(PAGE).context["found"]
    for name in ("ciudadania", "osc", "medios", "otros"):
        assert found.sectors.get(name, 0) == sum(line.get(f"people_{name}", 0) for line in told)
    assert found.people == sum(line.get("people", 0) for line in told)


def test_two_copies_of_the_open_data_cannot_be_subtracted(client):
    session = published(sectors={"osc": 6, "gobierno": 6})
    before = lines(client)
    came(session, gobierno=1)
    session.registrations.filter(sector_at_time="osc").first().attendance.delete()
    by = UserFactory()
    minutes.publish_minutes(session=session, base=2, by=by, change_note="Una fecha")
    assert lines(client) == before
    data = client.get(f"{session.get_absolute_url()}resultado.json").json()
    assert data["attended"] == {"gobierno": 6, "osc": 6}
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ParticipationCount.objects.update(sectors=[])


def test_queries_do_not_grow_with_the_dialogues(client):
    counts = []
    for _ in range(2):
        published(sectors={"osc": 5})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(PAGE)
        counts.append(len(asked))
        published(sectors={"osc": 5})
    assert counts[0] == counts[1]


def test_minutes_that_were_public_before_there_was_a_count_are_counted_once():
    session = SessionFactory(state="realizada")
    came(session, osc=6)
    minutes.save_minutes(session=session, body="Texto", base=0, by=UserFactory())
    assert minutes.count_missing() == 0
    MinutesRevision.objects.create(session=session, number=2, body="Texto", state="publicada", edition=1)
    assert (minutes.count_missing(), minutes.count_missing()) == (1, 0)
    assert ParticipationCount.objects.get().sectors == [["osc", 6]]
