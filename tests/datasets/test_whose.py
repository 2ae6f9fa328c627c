"""Whose money a file is that names nobody: as a person said of the last one, or as its rows sign; always told, never hidden."""

import io

import pytest

from datasets import services
from datasets.ingest import pipeline
from datasets.ingest.whose import initials, last_answer
from datasets.models import PublicBody
from datasets.reviews import trust_profile
from tests.datasets.files import HEADINGS, ROWS, member, signed, upload
from tests.factories.datasets import SourceFactory
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db
INCOME = (
    "Ejercicio,Fecha de inicio del periodo que se informa,Fecha de término del periodo que se informa,Rubro de los ingresos,"
    "Monto de los ingresos,Fuente de los ingresos,Denominación de la entidad o dependencia que entregó los ingresos,"
    "Área(s) responsable(s) que genera(n) posee(n) publica(n) y actualizan la información\n"
    "2023,01/01/2023,31/03/2023,Impuestos,900.00,Ingresos propios,{by},TESORERIA MUNICIPAL\n"
    "2023,01/01/2023,31/03/2023,Participaciones,800.00,Recursos federales,Gobierno Federal,{area}\n"
)


def whose(ingest):
    return ingest.releases.get().public_body


def read(text, name, *, source=None, organisation=None, **said):
    file = services.register_file(stream=io.BytesIO(text.encode()), name=name, source=source, organisation=organisation)
    started = services.prepare_ingest(file=file, options=services.ingest_options(**said))
    ingest = pipeline.run_ingest(started.ingest.pk)
    ingest.refresh_from_db()
    return ingest


def test_rows_that_sign_say_whose_and_a_person_looks_before_it_is_public(territory, client):
    user, organisation = member("coordinacion")
    ingest = upload(signed(), by=user, organisation=organisation, publish=True)
    assert (ingest.status, ingest.report["rests_on_signs"]) == ("ready", True)
    body = whose(ingest)
    assert (body.name, body.kind, body.state_id, body.confirmed) == ("CEAJ, Jalisco", "unknown", "14", False)
    client.force_login(user)
    why = "firman con «CEAJ» y sus enlaces son del gobierno de Jalisco"
    assert why in client.get(f"/datos/cargas/{ingest.pk}/").content.decode()
    assert why in client.get(f"/datos/cargas/{ingest.pk}/columnas/").content.decode()
    # Once the body is known by its own name the next file finds it by its initials, and still waits.
    body.name, body.kind, body.confirmed = "Comisión Estatal del Agua de Jalisco", "state_agency", True
    body.name_key = "comision estatal del agua de jalisco"
    body.save()
    trust_profile(ingest=ingest, by=user)
    again = upload(signed("101.00"), by=user, organisation=organisation, name="otro.csv", publish=True)
    assert (again.status, whose(again)) == ("ready", body)
    assert initials("Comisión Estatal del Agua y Alcantarillado del Estado de Hidalgo") == "ceaa"


@pytest.mark.parametrize(
    "text",
    [
        signed().replace("Finanzas (CEAJ)", "Finanzas"),  # not every row signs
        signed(state="colima"),  # addresses of two governments
        signed(host="x.com", state="x"),  # of none
        signed().replace("(CEAJ)", "(CEAJ) (SCG)"),  # two signs
        INCOME.format(by="Banco del Norte", area="TESORERIA MUNICIPAL"),
        INCOME.format(by="Municipio de Torreón Coahuila", area="Organismo de agua"),  # somebody else answers for it
        HEADINGS + ROWS,
    ],
)
def test_signs_that_fit_two_or_nobody_are_not_taken(territory, text):
    ingest = upload(text, year=2023, period="Q1")
    assert ingest.status == "needs_mapping"
    assert "¿De qué institución es este dinero? El archivo no lo dice." in ingest.report["questions"]


def test_own_revenue_of_one_municipal_treasury_is_that_municipalitys(territory):
    text = INCOME.format(by="MUNICIPIO DE TORREON COAHUILA", area="TESORERIA MUNICIPAL")
    ingest = upload(text, kind="revenue")
    assert (ingest.status, whose(ingest).municipality_id) == ("ready", "05035")
    assert "se tomó como dinero de «Torreón»" in ingest.report["publisher_supposed"]


def test_answer_given_once_holds_for_the_source_until_answers_differ(territory):
    source = SourceFactory()
    about = {"year": 2024, "period": "annual"}
    assert read(HEADINGS + ROWS, "uno.csv", source=source, **about).status == "needs_mapping"
    told = read(HEADINGS + ROWS, "uno.csv", source=source, municipality="05035", **about)
    other_layout = "Clave,Denominación,Aprobado\n1000,Servicios personales,77.00\n"
    ingest = read(other_layout, "dos.csv", source=source, **about)
    assert (ingest.status, whose(ingest).municipality_id) == ("ready", "05035")
    assert ingest.report["publisher_supposed"].startswith(
        f"Se tomó como dinero de «Torreón»: así se indicó en la carga {told.pk} ("
    )
    assert not ingest.report["rests_on_signs"]  # a person said it
    assert read(other_layout, "dos.csv", source=SourceFactory(), **about).status == "ready"  # the same bytes
    strange = read(other_layout.replace("77", "78"), "tres.csv", source=SourceFactory(), **about)
    assert strange.status == "needs_mapping"
    read(HEADINGS + ROWS.replace("500", "501"), "cuatro.csv", source=source, municipality="05030", **about)
    assert read(HEADINGS + ROWS.replace("500", "502"), "cinco.csv", source=source, **about).status == "needs_mapping"


def test_answer_of_an_organisation_holds_for_files_signed_alike_only(territory, client):
    user, organisation = member("coordinacion")
    body = PublicBody.objects.get(kind="state", state="14")
    upload(signed(), by=user, organisation=organisation, public_body=body.slug)
    alike = upload(signed("102.00"), by=user, organisation=organisation, name="b.csv")
    assert whose(alike) == body
    assert "con los mismos encabezados y firmado igual" in alike.report["publisher_supposed"]
    stranger, other = member()
    assert whose(upload(signed("103.00"), by=stranger, organisation=other, name="c.csv")).name == "CEAJ, Jalisco"
    # Of a file that nobody signed the last answer is told beside the question, not taken.
    about = {"year": 2024, "period": "annual"}
    upload(HEADINGS + ROWS, by=user, organisation=organisation, name="d.csv", municipality="05035", **about)
    asked = upload(HEADINGS + ROWS.replace("500", "503"), by=user, organisation=organisation, name="e.csv", **about)
    assert (asked.status, last_answer(asked)) == ("needs_mapping", "Torreón")
    client.force_login(GesocFactory())
    assert "La última vez" in client.get(f"/datos/cargas/{asked.pk}/columnas/").content.decode()
