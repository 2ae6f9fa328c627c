"""ZIP files: what is in them, what is left out and why, bombs and tricks refused, and the page that shows it."""

import io
import json
import os
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from datasets import packages, tasks
from datasets.ingest import archives, pipeline
from datasets.ingest.shapes import UnreadableFile
from datasets.models import Ingest, Package, PackageMember, SourceFile
from datasets.receiving import ingest_options, register_file
from tests.datasets.files import ABOUT, HEADINGS, ROWS, member, published
from tests.factories.datasets import MunicipalityFactory

GASTO = (HEADINGS + ROWS).encode()
OTRO = (HEADINGS + ROWS.replace("500.00", "510.00")).encode()


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    """A ZIP of (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def renamed(data, old, new):
    """The same ZIP with another name of the same length, in both places where it stands."""
    assert len(old) == len(new) and data.count(old) == 2
    return data.replace(old, new)


def many(count):
    return zipped(*((f"{n}.csv", b"a") for n in range(count)))


def locked():
    data = bytearray(zipped(("gasto.csv", GASTO)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def claiming_two_gigabytes():
    data = bytearray(zipped(("gasto.csv", GASTO)))
    struct.pack_into("<LL", data, data.index(b"PK\x01\x02") + 20, 2**30, 2**31)
    return bytes(data)


def lying_about_its_list():
    data = bytearray(zipped(("gasto.csv", GASTO)))
    data[-10:-6] = struct.pack("<L", 50 * 2**20)
    return bytes(data)


MIXED = zipped(
    ("2024/gasto.csv", GASTO),
    ("2024/", b""),
    ("2024/otro nombre.csv", OTRO),
    ("oficio.pdf", b"%PDF-1.7 nada"),
    ("__MACOSX/._gasto.csv", b"x"),
    ("vacio.csv", b""),
    ("dentro.zip", zipped(("gasto.csv", GASTO))),
)


@pytest.fixture
def archive(tmp_path):
    def make(data):
        path = tmp_path / "paquete.zip"
        path.write_bytes(data)
        return path

    return make


# -- what is refused before anything is kept ------------------------------------------------------------------------

REFUSED = {
    "bomb": (lambda: zipped(("ceros.csv", b"0" * (30 * 2**20))), "bomb", "se infla más de 300 veces"),
    "total": (claiming_two_gigabytes, "too_large", "el máximo es 1,024 MB"),
    "count": (lambda: many(archives.MAX_FILES + 1), "too_many", "Trae 301 archivos y el máximo es 300"),
    "long list": (lying_about_its_list, "too_many", "demasiados archivos"),
    "parent": (
        lambda: renamed(zipped(("aa/gasto.csv", GASTO)), b"aa/g", b"../g"),
        "path",
        "apunta fuera del paquete («../gasto.csv»)",
    ),
    "absolute": (lambda: zipped(("/etc/gasto.csv", GASTO)), "path", "apunta fuera"),
    "windows": (lambda: zipped(("C:\\gasto.csv", GASTO)), "path", "apunta fuera"),
    "backslash": (lambda: zipped(("..\\gasto.csv", GASTO)), "path", "apunta fuera"),
    "locked": (locked, "encrypted", "contraseña"),
    "empty": (lambda: zipped(), "empty", "Está vacío"),
    "folders": (lambda: zipped(("2024/", b"")), "empty", "Está vacío"),
    "cut": (lambda: zipped(("gasto.csv", GASTO))[:-30], "truncated", "dañado o incompleto"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_says_what_is_wrong(archive, case):
    make, code, sentence = REFUSED[case]
    path = archive(make())
    with pytest.raises(UnreadableFile) as refusal:
        archives.entries(path)
    assert (refusal.value.code, sentence in refusal.value.message) == (code, True), refusal.value.message


def test_memory_of_unpacking_does_not_grow_with_the_member(archive):
    path = archive(zipped(("grande.csv", bytes(range(256)) * 2**16), method=zipfile.ZIP_STORED))
    tracemalloc.start()
    with Path("/dev/null").open("wb") as nowhere:
        archives.unpack(path, 0, nowhere)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20  # of 16


def test_member_that_is_not_what_the_list_says_is_damaged(archive):
    data = bytearray(zipped(("gasto.csv", GASTO * 50), method=zipfile.ZIP_STORED))
    data[200] ^= 0xFF
    with pytest.raises(UnreadableFile, match="dañado"):
        archives.unpack(archive(bytes(data)), 0, io.BytesIO())


def test_names_are_read_as_whoever_packed_them_wrote_them(archive):
    data = renamed(zipped(("a/Tlaxcala_de_XX.csv", GASTO)), b"XX", "ÁÑ".encode("cp850"))
    assert [entry.name for entry in archives.entries(archive(data))] == ["a/Tlaxcala_de_ÁÑ.csv"]
    assert [entry.name for entry in archives.entries(archive(zipped(("Año.csv", GASTO))))] == ["Año.csv"]


def test_workbooks_are_not_packages(archive):
    for inside in ("xl/workbook.xml", "xl/workbook.bin", "word/document.xml"):
        assert not archives.is_package(archive(zipped((inside, b"x"))))
    ods = zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"))
    assert not archives.is_package(archive(ods))
    assert archives.is_package(archive(MIXED))


# -- each member a load of its own ----------------------------------------------------------------------------------


def packed(data=MIXED, **said):
    MunicipalityFactory()
    file = register_file(stream=io.BytesIO(data), name="cuenta.zip")
    return packages.prepare_package(file=file, options=ingest_options(**(said or ABOUT)), by=None)


def told(package):
    return [
        (one.name, one.state, one.ingest.status if one.ingest else one.reason[:45])
        for one in package.members.select_related("ingest")
    ]


def leftovers():
    folder = Path(settings.MEDIA_ROOT) / "originals"
    return [path.name for path in folder.iterdir() if path.is_file()] if folder.exists() else []


@pytest.mark.django_db
def test_every_member_is_a_load_or_says_why_not():
    package = packed()
    for ingest in packages.unpack(package):
        pipeline.run_ingest(ingest.pk)
    assert told(package) == [
        ("2024/gasto.csv", "taken", "ready"),
        ("2024/otro nombre.csv", "taken", "ready"),
        ("oficio.pdf", "left_out", "No se pudo leer el archivo. Parece un PDF con"),
        ("__MACOSX/._gasto.csv", "left_out", "Lo hizo la computadora, no quien publica: no "),
        ("vacio.csv", "left_out", "Está vacío (0 bytes)."),
        ("dentro.zip", "left_out", "Es otro archivo comprimido: no se abre un paq"),
    ]
    assert package.is_finished and leftovers() == []
    assert SourceFile.objects.count() == 3  # the package and the two that hold tables
    assert [one.file.original_name for one in package.members.filter(state="taken")] == ["gasto.csv", "otro nombre.csv"]


@pytest.mark.django_db
def test_unpacking_goes_on_where_it_stopped_and_nothing_is_doubled():
    package = packed()
    next(packages.unpack(package))  # the worker dies after the first
    assert [state for _name, state, _end in told(package)].count("waiting") == 3
    tasks.unpack_package(package.pk)
    assert tasks.unpack_package(package.pk) == 0
    assert Ingest.objects.count() == 2
    assert packed() == package  # the same bytes with the same answers
    assert packed(municipality="05035", year=2023) != package


@pytest.mark.django_db
def test_what_a_killed_worker_left_is_swept_and_nothing_else():
    file = register_file(stream=io.BytesIO(GASTO), name="gasto.csv")
    folder = Path(settings.MEDIA_ROOT) / "originals"
    yesterday = time.time() - 2 * 86_400
    for name, age in (("unpacked-a", yesterday), ("fetched-b", yesterday), ("incoming-c", None), ("otro", yesterday)):
        (folder / name).write_bytes(b"x")
        if age:
            os.utime(folder / name, (age, age))
    assert tasks.sweep_leftovers() == 2
    assert sorted(leftovers()) == ["incoming-c", "otro"]
    assert (Path(settings.MEDIA_ROOT) / file.storage_path).exists()


@pytest.mark.django_db
def test_sweep_finds_a_package_that_nobody_unpacks(monkeypatch):
    package = packed()
    assert tasks.resume_ingests() == 0  # it has only just arrived
    monkeypatch.setattr(tasks, "LOST_AFTER", -1)
    sent = []
    monkeypatch.setattr(tasks.unpack_package, "delay", sent.append)
    assert tasks.resume_ingests() == 1
    assert sent == [package.pk]


# -- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def uploaded(client, django_capture_on_commit_callbacks):
    """A member hands in a package; its files are read as the worker would."""
    MunicipalityFactory()
    user, organisation = member()
    client.force_login(user)
    fields = {"body": "05035", "year": "2024", "period": "annual", "document": "public_account"}
    response = client.post("/datos/subir/", {"file": SimpleUploadedFile("cuenta.zip", MIXED), **fields})
    package = Package.objects.get()
    assert response.url == package.get_absolute_url()
    return package, organisation


@pytest.mark.django_db
def test_page_lists_the_members_with_what_each_was_taken_for(client, uploaded, django_assert_max_num_queries):
    package, organisation = uploaded
    response = client.get(package.get_absolute_url())
    assert response.context["working"] == 5 - 1  # the empty one and the litter need no unpacking
    assert "data-live" in client.get(package.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    tasks.unpack_package(package.pk)
    for ingest in Ingest.objects.all():
        pipeline.run_ingest(ingest.pk)
        assert list(ingest.file.organisations.all()) == [organisation]
    with django_assert_max_num_queries(9):
        response = client.get(package.get_absolute_url())
    shown = [(line.name, line.taken_for, line.rows) for line in response.context["lines"]]
    assert shown[0] == ("2024/gasto.csv", "Gasto · Torreón · 2024, año completo", "3")
    assert response.context["counts"] == [("listos para publicar", 2), ("no se toman", 4)]
    assert "data-finished" in client.get(package.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()


@pytest.mark.django_db
def test_page_is_closed_to_others(client, uploaded):
    client.force_login(member()[0])
    assert client.get(uploaded[0].get_absolute_url()).status_code == 404
    client.logout()
    assert client.get(uploaded[0].get_absolute_url()).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["bomb", "locked", "parent"])
def test_hostile_upload_is_refused_in_the_form_and_nothing_is_kept(client, case):
    client.force_login(member()[0])
    kept = set(leftovers())
    response = client.post("/datos/subir/", {"file": SimpleUploadedFile("cuenta.zip", REFUSED[case][0]())})
    assert response.status_code == 422
    assert REFUSED[case][2] in str(response.context["form"].errors["file"])
    assert not SourceFile.objects.exists() and set(leftovers()) == kept


@pytest.mark.django_db
def test_a_row_leads_to_the_member_it_came_from(client):
    """Two packages hold the same bytes: both are named. The reader may open neither, but knows what they are."""
    ingest = published()
    for name in ("enero.zip", "febrero.zip"):
        file = register_file(stream=io.BytesIO(zipped((f"{name[:-4]}/gasto.csv", GASTO))), name=name)
        package = packages.prepare_package(file=file, options=ingest_options(**ABOUT), by=None)
        assert [one.pk for one in packages.unpack(package)] == [ingest.pk]
    for address in (f"/datos/versiones/{ingest.releases.get().pk}/filas/1/", f"/datos/archivos/{ingest.file_id}/"):
        page = client.get(address).content.decode()
        assert "enero.zip › enero/gasto.csv" in page and "febrero.zip › febrero/gasto.csv" in page
        assert "/datos/paquetes/" not in page
    assert client.get(f"/datos/archivos/{file.pk}/").status_code == 404


# -- the command ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_command_reads_every_member_and_says_so(archive, territory):
    said = ("--municipality", "05035", "--year", "2024", "--period", "annual", "--publish", "--json")

    def run(path):
        out = io.StringIO()
        call_command("ingest", str(path), *said, stdout=out, stderr=io.StringIO())
        return json.loads(out.getvalue())

    path = archive(zipped(("a/gasto.csv", GASTO), ("leeme.pdf", b"%PDF-1.4")))
    result = run(path)
    assert (result["status"], result["rows_loaded"], result["error"]) == ("published", 3, "")
    assert [(one["name"], one["status"], one["kind"]) for one in result["members"]] == [
        ("a/gasto.csv", "published", "expenditure"),
        ("leeme.pdf", "left_out", None),
    ]
    assert run(path)["status"] == "duplicate"


@pytest.mark.django_db
def test_command_ends_what_one_that_was_killed_left_of_a_package(archive, territory):
    MunicipalityFactory()
    path = archive(zipped(("uno.csv", GASTO), ("dos.csv", OTRO)))
    with path.open("rb") as stream:
        file = register_file(stream=stream, name=path.name)
    said = ingest_options(municipality=ABOUT["municipality"], year=ABOUT["year"])
    package = packages.prepare_package(file=file, options=said, by=None)
    first, second = packages.unpack(package)
    pipeline.run_ingest(first.pk)
    Ingest.objects.filter(pk=second.pk).update(status="running", attempts=1)  # its process died in the middle of it
    for status in ("ready", "duplicate"):
        out = io.StringIO()
        options = ("--municipality", ABOUT["municipality"], "--year", str(ABOUT["year"]), "--json")
        call_command("ingest", str(path), *options, stdout=out, stderr=io.StringIO())
        result = json.loads(out.getvalue())
        assert (result["status"], [one["status"] for one in result["members"]]) == (status, ["ready", "ready"])
    assert list(Ingest.objects.order_by("pk").values_list("pk", "attempts")) == [(first.pk, 1), (second.pk, 2)]


@pytest.mark.django_db
def test_command_refuses_a_hostile_package_and_keeps_nothing(archive):
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("ingest", str(archive(locked())), "--json", stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue())["status"] == "failed"
    assert "contraseña" in json.loads(out.getvalue())["error"]
    assert not SourceFile.objects.exists() and not PackageMember.objects.exists()
