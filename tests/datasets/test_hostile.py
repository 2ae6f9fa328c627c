"""Files made to break us: whatever they hold, a load ends soon, in words, and leaves nothing half-written behind.

The few hundred inputs here stand for the ten thousand of `script/bench fuzz 10000`.
"""

import io
import json
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import mutations
from benchmarks.hostile import judge
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Reading, UnreadableFile
from datasets.models import Ingest, SourceFile
from tests.datasets.files import member

HEAD = mutations.HEADINGS
BOOK = mutations.EXAMPLES / mutations.BOOKS[0]


def poisoned(part, data):
    members = mutations.unzipped(BOOK.read_bytes())
    name = next(name for name in members if part in name)
    return mutations.zipped(members | {name: data})


WORST = {
    "entities.xlsx": lambda: poisoned("workbook.xml", mutations.ENTITIES),
    "entities_in_a_sheet.xlsx": lambda: poisoned("sheet1.xml", mutations.ENTITIES),
    "far_cell.xlsx": lambda: poisoned("sheet1.xml", mutations.FAR),
    "nested_tags.xlsx": lambda: poisoned("sheet1.xml", b"<a>" * 200_000),
    "cut.xlsx": lambda: BOOK.read_bytes()[:-200],
    "no_workbook.xlsx": lambda: mutations.zipped({"xl/worksheets/sheet1.xml": b"<worksheet/>"}),
    "huge_mimetype.ods": lambda: mutations.zipped({"mimetype": b"a" * (30 * 2**20)}),
    "nul.csv": lambda: (HEAD + mutations.LINES[0]).encode() + b"2024,Torre\x00n,11301,\x00,1.00,1.00,1.00,\x00\n",
    "nul_in_json.json": lambda: mutations.ocds().replace(b"Papel", b"Pa\\u0000\\ud800pel"),
    "nul_in_an_identifier.json": lambda: mutations.ocds()
    .replace(b"ocds-x-0", b"\\u0000\\ud800")
    .replace(b'"id": "t"', b'"id": true'),
    "hundred_thousand_columns.csv": lambda: ",".join(f"Aprobado {n}" for n in range(100_000)).encode() + b"\n1,2\n",
    "nine_hundred_columns.csv": lambda: ",".join(f"Aprobado {n}" for n in range(900)).encode() + b"\n" + b"1," * 900,
    "huge_cell.csv": lambda: (HEAD + '2024,Torreón,11301,"' + "x" * 2_000_000 + '",1.00,1.00,1.00,1.00\n').encode(),
    "open_quote.csv": lambda: (HEAD + '2024,Torreón,11301,"' + "x\n" * 200_000).encode(),
    "forty_nines.csv": lambda: (HEAD + "2024,Torreón,11301,Sueldos," + "9" * 40 + ",1.00,1.00,1.00\n").encode(),
    "deep.json": lambda: b'{"releases":' * 100_000,
    "deep_list.json": lambda: b"[" * 300_000 + b"]" * 300_000,
    "formulas.csv": lambda: (HEAD + "2024,Torreón,11301,\"=cmd|'/c calc'!A1\",1.00,1.00,1.00,@SUM(1)\n").encode(),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", WORST)
def test_known_attacks_end_in_words(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(WORST[name]())
    verdict = judge(path)
    assert verdict.fault == ""
    assert not SourceFile.objects.exists()


@pytest.mark.django_db
def test_mutants_of_our_own_files_end_in_words(tmp_path):
    faults = []
    for seed in range(20):
        name, data = mutations.mutant(Random(seed))
        path = tmp_path / (name or "sin nombre")
        path.write_bytes(data)
        if fault := judge(path).fault:
            faults.append(f"seed {seed}: {fault}")
    assert faults == []


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "TOTAL", "2024", "11301", "$1,0", "1.0.0", "-", "(5)", "#REF!", "\x00", '"', "1e9", "31/02/2024"]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.lists(CELLS, max_size=10), max_size=12), mark=st.sampled_from(",;\t|"), headed=st.booleans())
def test_any_table_is_understood_or_refused(tmp_path, rows, mark, headed):
    text = HEAD.replace(",", mark) * headed + "\r\n".join(mark.join(row) for row in rows)
    path = tmp_path / "tabla.csv"
    path.write_bytes(text.encode())
    try:
        reading = read_file(path, name=path.name)
    except UnreadableFile as refusal:
        assert refusal.message
    else:
        assert isinstance(reading, Reading)
        assert reading.complete or reading.questions or reading.findings
        for table in reading.tables:
            assert table.rows_read == table.lines + sum(table.skipped.values())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["ocid", "releases", "awards", "contracts", "value", "id", "date"]), inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    value=st.lists(JSON, min_size=1, max_size=3) | st.dictionaries(st.sampled_from(["releases", "ocid", "data"]), JSON)
)
def test_any_json_is_understood_or_refused(tmp_path, value):
    path = tmp_path / "datos.json"
    path.write_text(json.dumps(value))
    try:
        assert isinstance(read_file(path, name=path.name), Reading)
    except UnreadableFile as refusal:
        assert refusal.message


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["entities.xlsx", "nul.csv", "deep.json", "cut.xlsx"])
def test_upload_page_never_breaks(client, name):
    """It keeps the file and answers with the page of its load, whatever the load will say."""
    client.force_login(member()[0])
    response = client.post("/datos/subir/", {"file": SimpleUploadedFile(name, WORST[name]())})
    assert response.status_code == 302
    assert client.get(Ingest.objects.get().get_absolute_url()).status_code == 200


def test_same_seed_is_the_same_file():
    assert mutations.mutant(Random(7)) == mutations.mutant(Random(7))
    assert io.BytesIO(mutations.zipped({"a": b"b"})).read(2) == b"PK"
