"""The review page of a sheet with income beside spending: columns of both kinds are decided, and both are read again."""

import pytest

from datasets.ingest import pipeline
from datasets.models import Ingest, MappingProfile
from tests.datasets.files import member, upload
from tests.datasets.reading_files import write_xlsx
from tests.datasets.test_reading_beside import both
from tests.datasets.test_review import form_of
from tests.factories.datasets import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path, client):
    user, organisation = member("coordinador")
    MunicipalityFactory()
    data = write_xlsx(
        tmp_path / "ambos.xlsx", {"Hoja1": [["Municipio de Torreón, Coahuila"], *both()[1:]]}
    ).read_bytes()
    ingest = upload(data, name="ambos.xlsx", by=user, organisation=organisation, municipality="05035")
    client.force_login(user)
    return ingest


def address(ingest):
    return f"/datos/cargas/{ingest.pk}/columnas/"


def lines(ingest):
    reading = pipeline.rehearse(ingest, 1_000).reading
    return {table.kind: table.lines for table in reading.tables}


def test_each_column_offers_the_fields_of_its_own_kind(client, load):
    columns = client.get(address(load)).context["columns"]
    offered = {
        (field.label, field.initial): {name for _title, group in field.choices[1:] for name, _ in group}
        for field in columns.fields.values()
        if field.initial in ("estimated", "collected", "approved", "accrued")
    }
    assert {initial for _heading, initial in offered} == {"estimated", "collected", "approved", "accrued"}
    assert "collected" in offered["Estimado", "estimated"] and "paid" not in offered["Estimado", "estimated"]
    assert "paid" in offered["Aprobado", "approved"] and "collected" not in offered["Aprobado", "approved"]


def test_confirming_the_page_as_it_stands_reads_both(client, load):
    assert lines(load) == {"revenue": 3, "expenditure": 4}
    answer = client.post(address(load), form_of(client, load))
    assert answer.status_code == 302
    again = Ingest.objects.latest("pk")
    assert again.pk != load.pk
    assert again.options["reading"]["beside"] == "both"
    assert lines(again) == {"revenue": 3, "expenditure": 4}
    assert MappingProfile.objects.get().options["beside"] == "both"


def test_only_one_of_them_can_be_wanted(client, load):
    client.post(address(load), form_of(client, load, beside="revenue"))
    assert lines(Ingest.objects.latest("pk")) == {"revenue": 3}


def test_a_column_of_the_other_kind_may_be_changed_too(client, load):
    fields = form_of(client, load)
    context = client.get(address(load)).context
    numbers = {heading: number for number, heading in enumerate(context["columns"].headings)}
    fields[f"column-{numbers['Recaudado']}"] = "accrued"
    client.post(address(load), fields)
    reading = pipeline.rehearse(Ingest.objects.latest("pk"), 1_000).reading
    income = next(table for table in reading.tables if table.kind == "revenue")
    assert income.columns["Recaudado"] == "accrued"
    spending = next(table for table in reading.tables if table.kind == "expenditure")
    assert spending.columns["Devengado"] == "accrued"
