"""A municipality with published money, for the tests of its dashboards."""

import csv
import io
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from datasets.models import Breakdown, Kind
from municipalities.models import Population, PriceIndex
from tests.factories import datasets as make

D = Decimal
CHAPTERS = {"1000": "Servicios personales", "3000": "Servicios generales", "6000": "Inversión pública"}


def classifiers():
    for code, name in CHAPTERS.items():
        make.class_node("object", code, name, short_es=name)
    make.class_node("object", "6100", "Obra en bienes de dominio público")
    make.class_node("object", "6140", "División de terrenos")
    make.class_node("revenue", "1", "Impuestos")
    make.class_node("revenue", "8", "Participaciones")


def totals(cells):
    sums = {}
    for amounts in cells.values():
        for moment, value in amounts.items():
            sums[moment] = sums.get(moment, D(0)) + D(value)
    return {moment: str(value) for moment, value in sums.items()}


def spending(body, year, cells=None, **fields):
    """A published release by object: {chapter: {moment: amount}}."""
    cells = cells or {
        "1000": {"approved": "60000000.00", "accrued": "50000000.00"},
        "3000": {"approved": "30000000.00", "accrued": "33000000.00"},
        "6000": {"approved": "10000000.00", "accrued": "7000000.00"},
    }
    release = make.ReleaseFactory(public_body=body, year=year, totals=totals(cells), **fields)
    for code, amounts in cells.items():
        make.expenditure_cell(release, "chapter", code, **amounts)
    return release


def income(body, year, **fields):
    cells = {
        "1": {"estimated": "20000000.00", "collected": "25000000.00"},
        "8": {"estimated": "80000000.00", "collected": "75000000.00"},
    }
    release = make.ReleaseFactory(
        public_body=body, year=year, kind=Kind.REVENUE, breakdown=Breakdown.FULL, totals=totals(cells), **fields
    )
    for code, amounts in cells.items():
        make.revenue_cell(release, "rubro", code, **amounts)
    return release


def awards(body, year, contracts=2, **fields):
    """A published list of contracts with its cells: two procedures in pesos, one contract in dollars."""
    release = make.ReleaseFactory(
        public_body=body, year=year, kind=Kind.CONTRACTS, document="", breakdown=Breakdown.FULL, **fields
    )
    make.contract_cell(release, "method", "direct", line_count=3, amount="6200000.00")
    make.contract_cell(release, "method", "open", line_count=1, amount="3800000.00")
    make.contract_cell(release, "method", "direct", currency="USD", line_count=1, amount="9000000.00")
    make.contract_cell(release, "month", f"{year}-03", line_count=3, amount="9000000.00")
    make.contract_cell(release, "month", f"{year}-04", line_count=1, amount="1000000.00")
    if contracts > 5:  # as many as are listed
        make.contract_cell(release, "method", "limited", line_count=contracts - 5)
    for number in range(1, contracts + 1):
        contract = make.ContractFactory(release=release, line_no=number, amount=D(100_000 * number))
        make.contract_cell(release, "supplier", str(contract.supplier_id), amount=str(100_000 * number))
    make.bands(release)
    return release


def prices(*years):
    for index, year in enumerate(years):
        PriceIndex.objects.update_or_create(
            series="udi", year=year, defaults={"value": D(100 + 10 * index), "source": "Banco de México"}
        )


def people(body, year=2020, value=1000):
    Population.objects.create(
        municipality=body.municipality, year=year, kind="census", value=value, source="INEGI, Censo"
    )


def csv_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


def body_with_spending():
    """The smallest public body that has pages: one account of 2024, with prices to compare it by."""
    classifiers()
    prices(2023, 2024)
    body = make.PublicBodyFactory()
    spending(body, 2024)
    return body
