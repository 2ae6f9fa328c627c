"""The catalogue, sending files in, the page and the bytes of a file."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from datasets.models import Ingest, SourceFile
from tests.datasets.files import ABOUT, HEADINGS, ROWS, member, published, upload
from tests.factories.datasets import (
    IngestFactory,
    MunicipalityFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SourceFileFactory,
)
from tests.factories.partners import GesocFactory, UserFactory

pytestmark = pytest.mark.django_db
CATALOGUE, UPLOAD = "/datos/", "/datos/subir/"


def sent(text=HEADINGS + ROWS, name="gasto.csv"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def page(response):
    return response.content.decode()


def status_of(client, address):
    """Of an answer that may be a stream: read to its end, which closes the file behind it."""
    response = client.get(address)
    if response.streaming:
        response.getvalue()
    return response.status_code


# -- catalogue ----------------------------------------------------------------------------------------------------


def test_catalogue_says_that_it_is_empty(client):
    response = client.get(CATALOGUE)
    assert response.status_code == 200
    assert list(response.context["rows"]) == []
    assert "set-cookie" not in response


def test_catalogue_shows_published_versions_and_nothing_else(client):
    shown = ReleaseFactory()
    for version, status in [(None, "draft"), (1, "withdrawn"), (2, "superseded")]:
        ReleaseFactory(status=status, public_body=shown.public_body, year=2020, version=version)
    response = client.get(CATALOGUE)
    assert [row["release"] for row in response.context["rows"]] == [shown]
    assert shown.ingest.file.original_name in page(response)
    assert UPLOAD not in page(response)


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ("", [2024, 2023]),
        ("year=2023", [2023]),
        ("kind=revenue", [2023]),
        ("kind=contracts", []),
        ("q=torreon", [2024]),
        ("q=05035", [2024]),
        ("q=Saltillo", []),
        ("status=superseded", [2019]),
        ("status=all", [2024, 2023, 2019]),
        ("year=nonsense&kind=nonsense&status=nonsense&pagina=nonsense", [2024, 2023]),
        ("q=%00", [2024, 2023]),
        ("pagina=99", [2024, 2023]),
    ],
)
def test_catalogue_filters(client, query, years):
    torreon = PublicBodyFactory()
    other = PublicBodyFactory(municipality=MunicipalityFactory(code="09002"))
    now = timezone.now()
    ReleaseFactory(public_body=torreon, published_at=now)
    ReleaseFactory(public_body=other, kind="revenue", year=2023, published_at=now - timedelta(days=1))
    ReleaseFactory(public_body=torreon, year=2019, status="superseded", published_at=now - timedelta(days=2))
    response = client.get(f"{CATALOGUE}?{query}")
    assert [row["release"].year for row in response.context["rows"]] == years


@pytest.mark.parametrize("count", [1, 3])
def test_catalogue_asks_the_same_queries_for_one_and_for_three(client, count, django_assert_num_queries):
    for number in range(count):
        ReleaseFactory(public_body=PublicBodyFactory(municipality=MunicipalityFactory(code=f"0900{number + 2}")))
    with django_assert_num_queries(3):  # years, count, page
        client.get(CATALOGUE)


@pytest.mark.parametrize("count", [1, 3])
def test_catalogue_asks_the_same_queries_of_a_member(client, count, django_assert_num_queries):
    user, organisation = member()
    for number in range(count):
        ReleaseFactory(public_body=PublicBodyFactory(municipality=MunicipalityFactory(code=f"0900{number + 2}")))
        file = SourceFileFactory()
        file.organisations.add(organisation)
        IngestFactory(file=file, status=Ingest.Status.READY)
    client.force_login(user)
    with django_assert_num_queries(7):  # session, person, memberships, years, count, page, what waits
        response = client.get(CATALOGUE)
    assert len(response.context["waiting"]) == count


def test_catalogue_turns_pages(client):
    body = PublicBodyFactory()
    for number in range(51):
        ReleaseFactory(public_body=body, year=1960 + number)
    response = client.get(f"{CATALOGUE}?kind=expenditure&pagina=2")
    assert len(response.context["rows"]) == 1
    assert "?kind=expenditure&amp;pagina=1" in page(response)


# -- uploading ----------------------------------------------------------------------------------------------------


def test_upload_sends_strangers_to_the_login(client):
    for method in (client.get, client.post):
        response = method(UPLOAD)
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    assert not SourceFile.objects.exists()


def test_upload_is_forbidden_to_people_of_no_organisation(client):
    client.force_login(UserFactory())
    assert client.get(UPLOAD).status_code == 403
    assert client.post(UPLOAD, {"file": sent()}).status_code == 403
    assert not SourceFile.objects.exists()


def test_upload_wants_the_token(settings):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(member()[0])
    assert client.post(UPLOAD, {"file": sent()}).status_code == 403
    token = client.get(UPLOAD).cookies["csrftoken"].value
    assert client.post(UPLOAD, {"csrfmiddlewaretoken": token, "file": sent()}).status_code == 302


def test_upload_keeps_the_bytes_and_starts_a_reading(client, media_root):
    MunicipalityFactory()
    user, organisation = member()
    client.force_login(user)
    data = {
        "file": sent(),
        "retrieved_from": "https://www.example.org/cuenta",
        "kind": "expenditure",
        "body": "Torreón, Coahuila",
        "year": "2024",
        "period": "month-03",
        "document": "quarterly",
    }
    response = client.post(UPLOAD, data)
    ingest = Ingest.objects.get()
    assert response.status_code == 302
    assert response.url == f"/datos/cargas/{ingest.pk}/"
    assert ingest.options == {
        "kind": "expenditure",
        "municipality": "05035",
        "year": 2024,
        "period": "2024-03",
        "document": "quarterly",
    }
    file = ingest.file
    assert (media_root / file.storage_path).read_bytes() == (HEADINGS + ROWS).encode()
    assert (file.original_name, file.uploaded_by, file.retrieved_from) == ("gasto.csv", user, data["retrieved_from"])
    assert list(file.organisations.all()) == [organisation]


def test_upload_of_the_same_bytes_says_so_and_changes_nothing(client):
    user, organisation = member()
    earlier = upload(HEADINGS + ROWS, by=user, organisation=organisation, **ABOUT)
    answers = {"body": "05035", "year": "2024", "period": "annual", "document": "public_account"}
    client.force_login(user)
    response = client.post(UPLOAD, {"file": sent(name="otro nombre.csv"), **answers}, follow=True)
    assert response.redirect_chain == [(f"/datos/cargas/{earlier.pk}/", 302)]
    assert Ingest.objects.get() == earlier
    assert len(response.context["messages"]) == 1


def test_upload_of_a_published_file_names_its_version(client):
    ingest = published()
    user, _organisation = member()
    client.force_login(user)
    about = {"body": "05035", "year": "2024", "period": "annual", "document": "public_account"}
    response = client.post(UPLOAD, {"file": sent(), **about}, follow=True)
    assert response.redirect_chain == [(f"/datos/cargas/{ingest.pk}/", 302)]
    assert Ingest.objects.count() == 1
    assert "(versión 1)" in page(response) or "(version 1)" in page(response)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "file"),
        ({"file": b""}, "file"),
        ({"file": b"x", "year": "24"}, "year"),
        ({"file": b"x", "year": "dos mil"}, "year"),
        ({"file": b"x", "period": "month-03"}, "year"),
        ({"file": b"x", "period": "Q9"}, "period"),
        ({"file": b"x", "kind": "x"}, "kind"),
        ({"file": b"x", "body": "Atlántida"}, "body"),
        ({"file": b"x", "body": "Benito Juárez"}, "body"),
        ({"file": b"x", "body": "\x00"}, "body"),
        ({"file": b"x", "retrieved_from": "javascript:alert(1)"}, "retrieved_from"),
    ],
)
def test_upload_with_a_bad_answer_keeps_what_was_typed_and_nothing_else(client, data, field):
    MunicipalityFactory(code="09014", name="Benito Juárez")
    MunicipalityFactory(code="23005", name="Benito Juárez")
    client.force_login(member()[0])
    if "file" in data:
        data["file"] = sent(data["file"])
    response = client.post(UPLOAD, data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    for name in data.keys() - {"file"}:
        assert response.context["form"][name].value() == data[name]
    assert not SourceFile.objects.exists()


def test_upload_with_an_ambiguous_name_offers_the_full_ones(client):
    MunicipalityFactory(code="09014", name="Benito Juárez")
    MunicipalityFactory(code="23005", name="Benito Juárez")
    client.force_login(member()[0])
    response = client.post(UPLOAD, {"file": sent(), "body": "Benito Juárez"})
    assert '<option value="Benito Juárez, Estado 23"></option>' in page(response)


def test_upload_beyond_the_limit_is_refused_with_its_weight_and_not_kept(client, settings, media_root):
    settings.INGEST_MAX_UPLOAD_MB = 1
    client.force_login(member()[0])
    response = client.post(UPLOAD, {"file": sent(b"x" * (3 * 2**20 + 5)), "year": "2024"})
    assert response.status_code == 422
    [error] = response.context["form"].errors["file"]
    assert "4 MB" in error
    assert "1 MB" in error
    assert response.context["form"]["year"].value() == "2024"
    assert not SourceFile.objects.exists()
    assert not media_root.exists()


def test_upload_counts_all_files_of_a_request(client, settings):
    settings.INGEST_MAX_UPLOAD_MB = 1
    client.force_login(member()[0])
    response = client.post(UPLOAD, {"other": sent(b"x" * 2**20), "file": sent()})
    assert list(response.context["form"].errors) == ["file"]


def test_upload_that_floods_is_cut_off(client, settings):
    settings.INGEST_MAX_UPLOAD_MB = 1
    client.force_login(member()[0])
    response = client.post(UPLOAD, {"file": sent(b"x" * 12 * 2**20)})
    assert response.status_code == 422
    assert not SourceFile.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\ncut", "multipart/form-data; boundary=x"),
        (b"file=1", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
)
def test_upload_of_a_broken_request_is_no_server_error(client, body, content_type):
    client.force_login(member()[0])
    response = client.post(UPLOAD, body, content_type=content_type)
    assert response.status_code in (400, 422)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\tmp\\gasto 2024.csv", "gasto 2024.csv"),
        ("a\u202egpj.csv", "agpj.csv"),
        ("  ", None),
        (f"{'ñ' * 300}.csv", f"{'ñ' * 180}{'ñ' * 16}.csv"),
    ],
)
def test_upload_keeps_a_harmless_name(client, name, kept):
    client.force_login(member()[0])
    client.post(UPLOAD, {"file": sent(name=name)})
    names = list(SourceFile.objects.values_list("original_name", flat=True))
    assert names == ([kept] if kept else names)
    for saved in names:
        assert "/" not in saved


def test_upload_asks_for_the_organisation_only_where_there_are_several(client):
    user, _first = member()
    client.force_login(user)
    assert "organisation" not in client.get(UPLOAD).context["form"].fields
    from tests.factories.partners import MembershipFactory

    second = MembershipFactory(user=user).organisation
    assert "organisation" in client.get(UPLOAD).context["form"].fields
    stranger = member()[1]
    refused = client.post(UPLOAD, {"file": sent(), "organisation": stranger.pk})
    assert list(refused.context["form"].errors) == ["organisation"]
    client.post(UPLOAD, {"file": sent(), "organisation": second.pk})
    assert list(SourceFile.objects.get().organisations.all()) == [second]


def test_suggestions_are_names_in_full(client):
    MunicipalityFactory()
    PublicBodyFactory(kind="municipal_agency", municipality=None, name="Sistema de Aguas de Torreón", slug="simas")
    assert client.get("/datos/instituciones/?q=torreon").json() == {
        "names": ["Torreón, Coahuila", "Sistema de Aguas de Torreón"]
    }
    assert client.get("/datos/instituciones/").json() == {"names": []}


# -- one file -----------------------------------------------------------------------------------------------------


def test_file_page_shows_where_it_comes_from(client):
    ingest = published()
    response = client.get(f"/datos/archivos/{ingest.file_id}/")
    assert response.status_code == 200
    assert ingest.file.sha256 in page(response)
    assert [row["release"].version for row in response.context["releases"]] == [1]


def test_file_page_and_original_of_a_file_that_is_not_public_are_404_for_others(client):
    user, organisation = member()
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation)
    addresses = [f"/datos/archivos/{ingest.file_id}/", f"/datos/archivos/{ingest.file_id}/original"]
    for other in (None, member()[0]):
        if other:
            client.force_login(other)
        assert [client.get(address).status_code for address in addresses] == [404, 404]
    client.force_login(user)
    assert [status_of(client, address) for address in addresses] == [200, 200]


def test_original_is_the_very_bytes_as_an_attachment(client):
    ingest = published(name="Gasto Torreón.csv")
    SourceFile.objects.filter(pk=ingest.file_id).update(has_personal_data=False)
    response = client.get(f"/datos/archivos/{ingest.file_id}/original")
    assert response.status_code == 200
    assert hashlib.sha256(response.getvalue()).hexdigest() == ingest.file.sha256
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gasto%20Torre%C3%B3n.csv"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("state", [None, True])
def test_original_with_personal_data_or_unchecked_is_not_public(client, state):
    ingest = published()
    SourceFile.objects.filter(pk=ingest.file_id).update(has_personal_data=state)
    address = f"/datos/archivos/{ingest.file_id}/original"
    assert address not in page(client.get(f"/datos/archivos/{ingest.file_id}/"))
    assert client.get(address).status_code == 302
    client.force_login(member()[0])
    assert client.get(address).status_code == 403
    client.force_login(GesocFactory())
    assert status_of(client, address) == 200


def test_original_that_is_gone_is_404(client, media_root):
    ingest = published()
    SourceFile.objects.filter(pk=ingest.file_id).update(has_personal_data=False)
    (media_root / ingest.file.storage_path).unlink()
    assert client.get(f"/datos/archivos/{ingest.file_id}/original").status_code == 404
