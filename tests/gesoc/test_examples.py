"""What people copy from the API's page works: run as it stands, against a running server."""

import csv
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from gesoc.examples import SITE, examples
from tests.datasets import dashboards as place
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = (Path(__file__).resolve().parents[2] / "docs" / "use.md").read_text(encoding="utf-8")


@pytest.fixture
def site(live_server):
    place.classifiers()
    body = make.PublicBodyFactory()
    place.spending(body, 2024)
    place.income(body, 2024)
    place.awards(body, 2024)
    return live_server.url


def code(tool, site=SITE):
    return next(one.code for one in examples(site) if one.tool.startswith(tool))


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_curl(site, tmp_path):
    subprocess.run(["sh", "-e"], input=code("curl", site), text=True, cwd=tmp_path, check=True, timeout=30)
    rows = rows_of(tmp_path / "torreon.csv")
    assert [(row["year"], row["chapter"], row["accrued"]) for row in rows] == [
        ("2024", "1000", "50000000.00"),
        ("2024", "3000", "33000000.00"),
        ("2024", "6000", "7000000.00"),
    ]
    assert rows_of(tmp_path / "torreon-2026-03-31.csv") == []


def test_python(site):
    told = subprocess.run([sys.executable, "-c", code("Python", site)], capture_output=True, text=True, timeout=30)
    assert told.stderr == ""
    assert re.fullmatch(r"(2024 +[\d,]+\.00  Constructora [^\n]+\n)+", told.stdout), told.stdout


@pytest.mark.skipif(not shutil.which("Rscript"), reason="no R on this machine")
def test_r(site):
    told = subprocess.run(["Rscript", "-"], input=code("R", site), capture_output=True, text=True, timeout=60)
    assert told.stderr == ""
    heading, line = (line.split() for line in told.stdout.splitlines())
    assert heading == ["year", "collected"]
    assert (line[1], float(line[2])) == ("2024", 100_000_000)  # R writes it as 1e+08


def test_address_and_columns_of_r(site, client):
    text = code("R")
    address = unquote("".join(re.findall(r'"(?:https://SITE)?([/?][^"]+)"', text)))
    heading = client.get(address).content.decode("utf-8-sig").splitlines()[0].split(",")
    assert {"year", "rubro", "collected"} <= set(heading)
    assert "colClasses = c(rubro" in text
    assert "aggregate(collected ~ year" in text


def test_address_and_columns_of_power_query(site, client):
    text = code("Excel")
    path = re.search(r'RelativePath = "([^"]+)"', text)[1]
    query = dict(re.findall(r'(\w+) = "([^"]+)"', re.search(r"Query = \[(.+)\]", text)[1]))
    heading = client.get(f"/{path}", query).content.decode("utf-8-sig").splitlines()[0].split(",")
    assert {"year", "chapter", "approved", "accrued"} <= set(heading)
    amounts = re.findall(r'"(\w+)"', re.search(r"Montos = \{(.+)\}", text)[1])
    assert {*re.findall(r'\{"(\w+)", ', text), *amounts, "chapter_name"} == set(heading)  # each has its type


def test_page_shows_them_with_the_address_of_the_site_and_the_guide_has_them_too(client, db):
    text = client.get("/api/").text
    assert text.count('<pre class="sample"') == 4
    assert "http://testserver/api/v1/contracts/?{query}" in text
    assert SITE not in text
    for one in examples(SITE):
        assert one.code in DOCS, one.tool
