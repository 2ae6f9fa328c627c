"""Published minutes as a PDF: once for every edition, letter for letter, tried again, for whoever may read the minutes."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from PIL import ImageFont

from dialogues import minutes_pdf as paper
from dialogues.models import MinutesPdf, MinutesRevision
from dialogues.services import minutes, minutes_pdf
from dialogues.tasks import make_minutes, restore_minutes
from gesoc.common.charts import png
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import GesocFactory, UserFactory

pytestmark = pytest.mark.django_db
FONTS = [str(png.FOLDER / f"LiberationSans-{weight}.ttf") for weight in ("Regular", "Bold")]
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def published(body="## Qué se acordó\n- “Uno”", **fields):
    session = SessionFactory(state="realizada", **fields)
    minutes.save_minutes(session=session, body=body, base=0, by=UserFactory())
    return session, minutes.publish_minutes(session=session, base=1, by=UserFactory())


def read(data):
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(data):
    """Without the places where a long word may be broken."""
    pages = (page.extract_text() for page in read(data).pages)
    return "\n".join(pages).replace(paper.BREAK_HERE, "")


def set_on_paper(body="Texto", title="¿Qué obra va primero?", **fields):
    given = {"host": "GESOC", "kicker": "Minuta", "lead": [], "footer": "Minuta", "colophon": ["Hecho"]}
    given |= {"url": "https://mesa.example/a/", "url_text": "mesa.example", "missing_note": "Falta", **fields}
    return paper.pdf(body=body, title=title, made_at=NOW, **given)


def test_every_edition_becomes_a_pdf_once_and_its_hash_is_that_of_its_bytes(client):
    session, first = published()
    assert (make_minutes(), make_minutes()) == (1, 0)
    made = MinutesPdf.objects.get(revision=first)
    url = f"{session.get_absolute_url()}minuta-1.pdf"
    response = client.get(url)
    data = b"".join(response.streaming_content)
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (made.sha256, made.size)
    headers = ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control", "Content-Length")
    assert [response[name] for name in headers] == [
        "application/pdf",
        f'attachment; filename="minuta-{session.slug}-1.pdf"',
        "nosniff",
        "private, no-store",
        str(made.size),
    ]
    minutes.publish_minutes(session=session, base=2, by=UserFactory(), body="Otro", change_note="Eran dos")
    assert make_minutes() == 1
    second = b"".join(client.get(f"{session.get_absolute_url()}minuta-2.pdf").streaming_content)
    assert "Eran dos" in text_of(second) and "Eran dos" not in text_of(data)
    assert b"".join(client.get(url).streaming_content) == data


def test_it_says_what_it_is_in_words_that_a_screen_reader_finds():
    session, revision = published(title="¿Qué obra va primero?", purpose="Elegir «tres» obras")
    found = read(minutes_pdf.document(revision, made_at=NOW))
    root = found.trailer["/Root"]
    assert (found.metadata.title, root["/Lang"], root["/MarkInfo"]["/Marked"]) == (session.title, "es-MX", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert [one.title for one in found.outline] == ["Qué se acordó"]
    text = found.pages[0].extract_text()
    for said in (
        session.title,
        "Elegir «tres» obras",
        "“Uno”",
        f"Convoca: {session.host_organisation.name}",
        "Minuta, edición 1",
        "Documento hecho el 20 nov 2026",
        f"/dialogos/{session.slug}/resultado/",
        "1 / 1",
    ):
        assert said in text


def test_what_people_write_is_never_markup():
    said = r'#import "x.typ" $x$ *a* _b_ `c` @d <e> \ // /* "] ) #let a = 1'
    text = text_of(set_on_paper(f"## {said}\n- {said}\n\n{said}", title=said))
    assert " ".join(text.split()).count(said) == 4  # the title, a heading, an item and a paragraph


@pytest.mark.parametrize(
    "body",
    [
        "##\n- \n##  ",
        "- 👩‍👧‍👦🏳️‍🌈\n\n漢字 العربية עברית ไทย",
        "\u202eabc\u2066\u200d\ufeff\x07\x1b[0m",
        "a" + "\u0301" * 500,
        "- W\n" * 3000,
        "\U0010ffff\ue000\uffff",
    ],
)
def test_whatever_is_written_becomes_a_pdf(body):
    assert set_on_paper(body).startswith(b"%PDF-")


def test_a_letter_that_the_font_lacks_is_a_box_and_the_document_says_so():
    assert paper.drawable("Año “dos” — 5 € ½ – naïve … Ñandú") == "Año “dos” — 5 € ½ – naïve … Ñandú"
    assert paper.drawable("n\u0303 👍 漢 שלום a\u200db\ufe0f") == "ñ □ □ □□□□ ab"
    assert "Falta" in text_of(set_on_paper("👍")) and "Falta" not in text_of(set_on_paper("Año"))


@pytest.mark.parametrize("letter", ["W", "m", "漢", "—"])
def test_an_endless_word_stays_on_the_sheet(letter):
    word = letter * 2000
    found = read(set_on_paper(f"## {word}\n- {word}\n\n{word}", title=word[:300], kicker=word[:300]))
    edges: list[float] = []

    def note(text, cm, tm, font, size):
        if letter in text or paper.MISSING in text:
            drawn = ImageFont.truetype(FONTS["Bold" in font["/BaseFont"]], size)
            edges.append(cm[4] + tm[4] + max(drawn.getlength(line) for line in text.split("\n")))

    for page in found.pages:
        page.extract_text(visitor_text=note)
    letter_sheet, margin = 612, 62
    assert len(edges) > 60
    assert max(edges) < letter_sheet - margin + 1


def test_a_failure_is_told_tried_again_and_leaves_nothing_half_made(settings, tmp_path, client):
    session, _ = published()
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    settings.MEDIA_ROOT = blocked
    page = f"{session.get_absolute_url()}resultado/"
    said = [client.get(page).content.decode()]
    for _ in range(4):
        assert make_minutes() == 0
    found = MinutesPdf.objects.get()
    assert (found.tries, found.sha256, found.has_failed) == (3, "", True)  # the fourth waits for an hour
    said.append(client.get(page).content.decode())
    settings.MEDIA_ROOT = tmp_path
    assert make_minutes() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert make_minutes() == 1
    said.append(client.get(page).content.decode())
    being_made, printing, link = "se está haciendo", "imprime esta página", "minuta-1.pdf"
    assert [[word in html for word in (being_made, printing, link)] for html in said] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert 'http-equiv="refresh"' in said[0] and 'http-equiv="refresh"' not in said[1] + said[2]


def test_the_page_asks_for_itself_again_until_it_is_made_and_not_where_nobody_makes_it(client):
    session, _ = published()
    page = f"{session.get_absolute_url()}resultado/"
    asked = client.get(page, headers={"HX-Request": "true"})
    assert "data-live" in asked.content.decode() and asked["Cache-Control"] == "no-store"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "imprime esta página" in client.get(page).content.decode()
    make_minutes()
    assert "data-finished" in client.get(page, headers={"HX-Request": "true"}).content.decode()


def test_it_is_for_whoever_may_read_the_minutes(client):
    session, _ = published(visibility="privada")
    make_minutes()
    url = f"{session.get_absolute_url()}minuta-1.pdf"
    assert client.get(url).status_code == 404
    client.force_login(GesocFactory())
    assert b"".join(client.get(url).streaming_content).startswith(b"%PDF-")
    assert client.get(url.replace("-1.", "-2.")).status_code == 404


def test_a_pdf_whose_file_was_lost_is_made_again(client):
    session, _ = published()
    make_minutes()
    url = f"{session.get_absolute_url()}minuta-1.pdf"
    before = b"".join(client.get(url).streaming_content)
    default_storage.delete(MinutesPdf.objects.get().storage_path)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert "Se está haciendo otra vez" in client.get(url, follow=True).content.decode()
        assert restore_minutes(MinutesPdf.objects.get().pk)
        assert b"".join(client.get(url).streaming_content) == before


def test_of_a_lost_pdf_no_other_document_takes_the_place(client):
    session, _ = published()
    make_minutes()
    pdf = MinutesPdf.objects.get()
    default_storage.delete(pdf.storage_path)
    session.title = "Otro nombre"
    session.save()
    assert not restore_minutes(pdf.pk)
    assert not default_storage.exists(pdf.storage_path)


def test_drafts_are_not_made_and_what_was_made_stays():
    session = SessionFactory(state="realizada")
    minutes.save_minutes(session=session, body="Borrador", base=0, by=UserFactory())
    assert make_minutes() == 0 and not MinutesPdf.objects.exists()
    published()
    make_minutes()
    for change in (lambda: MinutesPdf.objects.update(size=1), lambda: MinutesPdf.objects.all().delete()):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()
    waiting = MinutesRevision.objects.create(session=session, number=2, body="x", state="publicada", edition=1)
    with pytest.raises(IntegrityError, match="minutes_pdf_made_or_not"), transaction.atomic():
        MinutesPdf.objects.create(revision=waiting, sha256="a" * 64)


def test_publishing_in_the_page_starts_the_work(client, monkeypatch, django_capture_on_commit_callbacks):
    handed_over = []
    monkeypatch.setattr(make_minutes, "delay", lambda: handed_over.append("make_minutes"))
    session = SessionFactory(state="realizada")
    client.force_login(GesocFactory())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/dialogos/{session.slug}/minuta/", {"body": "Texto", "base": 0, "publish": "1"})
        assert not handed_over  # before the minutes are written nobody could find them
    assert session.minutes.filter(state="publicada").exists()
    assert handed_over == ["make_minutes"]
