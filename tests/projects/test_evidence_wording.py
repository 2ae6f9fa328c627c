"""What the platform wrote on a card is told in the reader's language; what a person wrote is marked with its own."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from projects import services
from projects.freeze import figure_at, flag_at, in_the_other_language, row_at
from projects.models import Evidence, EvidenceChange
from projects.research import rendered
from tests.datasets import dashboards as place
from tests.factories import datasets as make
from tests.factories.partners import MembershipFactory
from tests.factories.projects import EvidenceFactory, ProjectFactory

from .test_flag_evidence import flag  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
PAGE = "/municipios/05035/contratos/"
SPANISH = "62 de cada 100 pesos se asignaron sin concurso"
ENGLISH = "62 of every 100 pesos were awarded without competition"


@pytest.fixture
def body():
    body = make.PublicBodyFactory()
    place.awards(body, 2024)
    return body


def card_of(path=PAGE, *, reading="", does_not_say="Qué calles", row=0, old=False):
    """As it is kept today; `old`: as it was kept before both languages were."""
    found = figure_at(path, "procedimiento")
    label = found.numbers[row].label if row is not None else ""
    card = services.freeze_evidence(
        frozen=found,
        reading=reading or found.title,
        does_not_say=does_not_say,
        row=label,
        by=None,
        visibility="publica",
    )
    if old:
        del card.values["also"]
        card.save()
    return card


def english(card):
    with translation.override("en"):
        told = card.told
        return told, {
            name: getattr(told, name) for name in ("title", "subtitle", "reading", "does_not_say", "row", "unit")
        }


def of_page(client, path):
    return re.sub(r"\s+", " ", client.get(path).text)


def test_title_sentence_and_table_are_told_in_the_language_of_the_page(client, body):
    card = card_of()
    there = f"/evidencia/{card.key}/"
    spanish, told = of_page(client, there), of_page(client, f"/en{there}")
    assert f"<h1>{SPANISH}</h1>" in spanish and f"<h1>{ENGLISH}</h1>" in told
    assert "Adjudicación directa" in spanish and "Direct award" not in spanish
    assert "Direct award" in told and "Adjudicación directa" not in told
    assert SPANISH not in told
    assert '<div class="flow" lang="es-MX"><p>Qué calles</p>' in told and '<div class="flow"><p>Qué calles' in spanish
    assert ">amount<" in told and ">monto<" in spanish
    question = r'href="{}{}[^"]*#procedimiento">'  # the same, today
    assert re.search(question.format("/en", PAGE), told) and re.search(question.format("", PAGE), spanish)
    for path in ("/en/evidencia/", "/en/municipios/05035/"):
        assert ENGLISH in client.get(path).text and SPANISH not in client.get(path).text, path


def test_a_card_taken_in_english_is_told_in_spanish_too(client, body):
    card = card_of(f"/en{PAGE}", does_not_say="Which streets")
    assert card.title == ENGLISH
    told = of_page(client, f"/evidencia/{card.key}/")
    assert f"<h1>{SPANISH}</h1>" in told and "Adjudicación directa" in told
    assert '<div class="flow" lang="en"><p>Which streets</p>' in told


def test_what_a_person_wrote_is_not_translated_and_says_its_language(client, body):
    card = card_of(reading="Casi todo se dio a dedo")
    there = f"/evidencia/{card.key}/"
    assert '<h1 lang="es-MX">Casi todo se dio a dedo</h1>' in of_page(client, f"/en{there}")
    assert "<h1>Casi todo se dio a dedo</h1>" in of_page(client, there)
    assert '<h3 class="big" lang="es-MX">' in of_page(client, "/en/evidencia/")


def test_a_full_stop_after_the_title_makes_it_nobodys_own_words(body):
    _told, said = english(card_of(reading=f"{SPANISH}."))
    assert (said["reading"].text, said["reading"].language) == (f"{ENGLISH}.", "")


def test_a_card_of_before_stays_as_it_was_and_says_its_language(client, body):
    card = card_of(old=True)
    there = f"/evidencia/{card.key}/"
    told = of_page(client, f"/en{there}")
    assert f'<h1 lang="es-MX">{SPANISH}</h1>' in told
    assert re.search(r'<div lang="es-MX"> ?<section', told) and "Adjudicación directa" in told
    assert 'lang="es-MX"' not in of_page(client, there).partition("<main")[2]


def test_a_change_names_its_row_in_the_language_of_the_page(client, body):
    card = card_of(row=None)
    label = next(iter(card.values["numbers"]))
    assert label.startswith("Adjudicación directa")
    EvidenceChange.objects.create(evidence=card, from_text=f"{label}: 6,200,000", to_text=f"{label}: 7")
    told = client.get(f"/en/evidencia/{card.key}/").text
    assert re.search(r"From Direct award[ A-Z]*: 6,200,000 to Direct award[ A-Z]*: 7 on", told)
    assert f"{label}: 6,200,000" in client.get(f"/evidencia/{card.key}/").text


def test_a_pinned_card_in_a_note_tells_the_language_in_which_it_stands(body):
    card = card_of(reading="Casi todo se dio a dedo")
    texts = [f"[[cifra:{card.key}]]", f"[[hoy:{card.key}]]"]
    with translation.override("en"):
        pinned, live = (str(rendered(text, AnonymousUser())) for text in texts)
    for told in (pinned, live):
        assert '<figure class="fig" lang="en">' in told and ENGLISH in told and SPANISH not in told
    assert '<h3 class="big" lang="es-MX">' in pinned


def test_the_subject_of_a_contract_is_spanish_and_is_called_so(client, body):
    contract = make.ContractFactory(release__public_body=body, release__year=2023, title="Bacheo", amount=Decimal(25))
    for language in ("es-mx", "en"):
        with translation.override(language):
            found = row_at(contract.release, contract.line_no)
            card = services.freeze_evidence(frozen=found, reading=found.title, does_not_say="?", by=None)
        _told, said = english(card)
        assert said["title"].text.startswith("Bacheo") and said["title"].language == "es-MX"
        assert said["unit"].text == "Amount"
        assert card.told.title.language == "" and card.told.unit.text == "Monto"


def test_a_question_and_its_caveat_are_told_in_both(flag):  # noqa: F811
    found = flag_at(flag)
    card = services.freeze_evidence(frozen=found, reading=found.title, does_not_say=found.caveat, by=None)
    told, said = english(card)
    with translation.override("en"):
        assert said["reading"].text == flag.question != card.reading
        assert said["does_not_say"].text == flag_at(flag).caveat
    assert said["does_not_say"].text.startswith("It is a reason to ask")
    assert told.columns[0] == "Indicator" and card.told.columns[0] == "Indicador"


def test_nothing_is_kept_of_a_figure_that_is_another_meanwhile(body, monkeypatch):
    found = figure_at(PAGE, "procedimiento")
    assert in_the_other_language(found).title == ENGLISH
    found.numbers.pop()
    assert in_the_other_language(found) is None


def test_words_of_a_document_have_no_known_language(body):
    card = EvidenceFactory(kind="document", document_title="Plan", document_page="3")
    _told, said = english(card)
    assert {one.language for one in said.values()} == {""}


def test_a_card_is_found_by_the_title_in_either_language(client, body):
    card = card_of(reading="Casi todo se dio a dedo")
    for word in ("competition", "concurso", "dedo"):
        assert [one.pk for one in Evidence.objects.matching(word)] == [card.pk], word


def test_downloads_and_feeds_of_a_project_speak_the_language_of_their_page(client, body):
    project = ProjectFactory(slug="lupa")
    services.attach_evidence(evidence=card_of(), project=project, by=None)
    client.force_login(MembershipFactory().user)
    assert ENGLISH in client.get("/en/proyectos/lupa/").text
    assert SPANISH in client.get("/proyectos/lupa/").text
