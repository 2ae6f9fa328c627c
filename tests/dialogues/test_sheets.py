"""The signed sheet: photographed for the team alone, written down beside the photo, erased."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dialogues.models import Attendance, SheetPhoto
from dialogues.services import sheets
from partners.models import PrivacyNotice, SensitiveExport
from tests.factories.dialogues import RegistrationFactory, SessionFactory, in_days
from tests.factories.partners import GesocFactory, UserFactory
from tests.pictures import SECRET, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(client):
    client.force_login(GesocFactory())
    return SessionFactory(state="realizada", local_start=in_days(-3))


def photos(session):
    return f"/dialogos/{session.slug}/sala/llegada/hoja/fotos/"


def upload(data=None, name="hoja.jpg"):
    return {"upload": SimpleUploadedFile(name, data or picture())}


@pytest.fixture
def photo(client, session):
    client.post(photos(session), upload())
    return session.sheet_photos.get()


def test_edge_10_a_photo_is_kept_without_what_the_phone_wrote_into_it(client, session, photo):
    with default_storage.open(photo.storage_path) as stored:
        data = stored.read()
    assert SECRET.encode() in picture() and SECRET.encode() not in data
    shown = client.get(f"{photo.get_absolute_url()}imagen/")
    assert b"".join(shown.streaming_content) == data
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in shown["Cache-Control"]


def test_edge_10_each_look_leaves_a_trace_once_an_hour(client, photo):
    for _look in range(2):
        assert b"".join(client.get(f"{photo.get_absolute_url()}imagen/").streaming_content)
    assert SensitiveExport.objects.filter(what=f"sheet-photo {photo.key}").count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7 no picture", "No es una imagen JPEG"),
        (b"", "está vac"),
        (b"GIF89a" + b"0" * 50, "No es una imagen JPEG"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(client, session, data, said):
    answer = client.post(photos(session), {"upload": SimpleUploadedFile("hoja.jpg", data)})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not SheetPhoto.objects.exists()


def test_no_more_than_a_dialogue_needs(session):
    by = UserFactory()
    made = [SheetPhoto(session=session, content_type="image/png", size=1, width=1, height=1) for _n in range(20)]
    SheetPhoto.objects.bulk_create(made)
    with pytest.raises(Exception, match="20"):
        sheets.add_sheet_photo(session=session, upload=upload()["upload"], by=by)


def test_edge_10_who_signed_is_ticked_beside_the_photo_as_come_on_paper_when_it_began(client, session, photo):
    row = RegistrationFactory(session=session, person__full_name="Ángela Ruiz")
    page = client.get(photo.get_absolute_url()).content.decode()
    assert "Ángela Ruiz" in page and f"{photo.get_absolute_url()}imagen/" in page
    answer = client.post(f"/dialogos/{session.slug}/sala/llegada/{row.key}/", {"sheet": str(photo.key)})
    assert answer["Location"] == photo.get_absolute_url()
    came = Attendance.objects.get(registration=row)
    assert (came.method, came.at) == ("papel", session.starts_at)


def test_edge_10_whoever_was_on_no_list_is_written_down_beside_the_photo(client, session, photo):
    PrivacyNotice.objects.create(version="1", language="es-mx", short_text="Aviso", full_text="Aviso entero")
    said = {"full_name": "Luz Pat", "sector": "ciudadania", "notice_accepted": "on", "sheet": str(photo.key)}
    answer = client.post(f"/dialogos/{session.slug}/sala/llegada/nueva/", said)
    assert answer["Location"] == photo.get_absolute_url()
    row = session.registrations.get(walk_in=True)
    assert (row.person.full_name, row.attendance.method) == ("Luz Pat", "papel")


@pytest.mark.parametrize("key", ["", "no-key", "00000000-0000-4000-8000-000000000000"])
def test_a_key_that_is_none_ticks_as_ever(client, session, key):
    row = RegistrationFactory(session=session)
    answer = client.post(f"/dialogos/{session.slug}/sala/llegada/{row.key}/", {"sheet": key})
    assert answer["Location"].endswith("/sala/llegada/")
    assert Attendance.objects.get().method == "lista"


def test_edge_10_written_down_it_is_erased_and_the_row_says_when(
    client, session, photo, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{photo.get_absolute_url()}borrar/")
    photo.refresh_from_db()
    assert photo.erased_at and not default_storage.exists(photo.storage_path)
    assert client.get(photo.get_absolute_url()).status_code == 404
    assert client.get(f"{photo.get_absolute_url()}imagen/").status_code == 404
    assert "borrada el" in client.get(photos(session)).content.decode()
    client.post(f"{photo.get_absolute_url()}borrar/")  # pressed twice
    assert SheetPhoto.objects.get().erased_at == photo.erased_at


def test_edge_10_after_a_month_it_is_erased_in_any_case(photo, django_capture_on_commit_callbacks):
    assert sheets.purge_sheets() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert sheets.purge_sheets(now=timezone.now() + timedelta(days=31)) == 1
    assert not default_storage.exists(photo.storage_path)


def test_of_another_dialogue_no_photo_is_shown(client, photo):
    other = SessionFactory()
    assert client.get(f"{photos(other)}{photo.key}/imagen/").status_code == 404
