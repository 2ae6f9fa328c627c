"""Pages kept as they were sent: the same bytes to nobody in particular, until what they tell changes."""

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from datasets import releases
from datasets.versions import bump_data_version
from gesoc import kept_pages
from tests.datasets import dashboards as place
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db
HOME = "/municipios/05035/"


@pytest.fixture(autouse=True)
def kept(settings):
    settings.KEPT_PAGES, settings.KEPT_PAGES_ASK_AFTER = True, 0.0
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.fixture
def body():
    return place.body_with_spending()


def asked(client, address, **headers):
    """The answer, and how many questions it asked of the database."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address, headers=headers)
    return answer, len(seen)


def test_a_page_is_drawn_once_and_then_sent_again_as_it_was(client, body):
    first, drawn = asked(client, HOME)
    again, questions = asked(client, HOME)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert dict(again.items()) == dict(first.items())
    assert drawn > 5
    assert questions == 1  # the state


def test_the_headers_of_security_are_those_of_a_page_that_is_not_kept(client, body, settings):
    client.get(HOME)
    kept = dict(client.get(HOME).items())
    settings.KEPT_PAGES = False
    drawn = dict(client.get(HOME).items())
    for own in ("ETag", "Cache-Control", "Vary"):
        kept.pop(own), drawn.pop(own, None)
    assert kept == drawn


def test_who_has_the_page_is_told_so_until_it_reads_otherwise(client, body):
    etag = client.get(HOME)["ETag"]
    assert client.get(HOME, headers={"if-none-match": etag}).status_code == 304
    place.spending(body, 2023)
    bump_data_version()
    changed = client.get(HOME, headers={"if-none-match": etag})
    assert (changed.status_code, changed["ETag"] != etag) == (200, True)


def test_a_release_that_is_withdrawn_is_gone_from_the_next_page(client, body):
    assert "Cuenta pública 2024" in client.get(HOME).text
    releases.withdraw_release(release=body.releases.get(), by=UserFactory(), reason="Se retira")
    assert "Cuenta pública 2024" not in client.get(HOME).text


def test_each_address_and_language_is_a_page_of_its_own(client, body):
    pages = {address: client.get(address).content for address in (HOME, f"/en{HOME}", f"{HOME}?pares=estado")}
    assert len(set(pages.values())) == 3
    assert {address: client.get(address).content for address in pages} == pages


@pytest.mark.parametrize(
    "headers", [{"cookie": "sessionid=x"}, {"cookie": "other=1"}, {"authorization": "Token x"}, {"hx-request": "true"}]
)
def test_who_is_known_by_anything_gets_a_page_drawn_for_them(client, body, headers):
    client.get(HOME)
    answer, questions = asked(Client(headers=headers), HOME)
    assert answer.status_code == 200
    assert questions > 5
    assert "ETag" not in answer


def test_what_is_not_public_data_alone_is_never_kept(client, body):
    for address in ("/entrar/", "/salud/", "/municipios/99999/", "/buscar/?q=a", "/dialogos/"):
        client.get(address)
    assert not caches["pages"]._cache


def test_a_page_sent_with_a_cookie_is_its_visitors_alone(body, rf):
    def draw(request):
        middleware.process_view(request, None, (), {})
        response = HttpResponse("a page")
        response.set_cookie("mine", "1")
        return response

    request = rf.get(HOME)
    request.resolver_match = get_resolver().resolve(HOME)
    middleware = kept_pages.KeptPages(draw)
    assert "ETag" not in middleware(request)
    assert not caches["pages"]._cache


def test_a_database_that_does_not_tell_its_state_keeps_nothing_and_the_view_answers(client, body, monkeypatch):
    with monkeypatch.context() as patch:

        def away(*args):
            raise DatabaseError

        patch.setattr(kept_pages.connection, "cursor", away)
        assert kept_pages.state() == ""
    monkeypatch.setattr(kept_pages, "state", lambda: "")
    assert client.get(HOME).status_code == 200
    assert not caches["pages"]._cache


def test_every_view_that_is_kept_exists():
    names = set()

    def walk(patterns, prefix=""):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)
            elif one.name:
                names.add(prefix + one.name)

    walk(get_resolver().url_patterns)
    assert names >= kept_pages.KEPT


def test_the_state_is_one_question_and_moves_with_the_data(django_assert_num_queries):
    before = kept_pages.state()
    bump_data_version()  # as every judgement, reply and union of suppliers does
    assert kept_pages.state() != before
    with django_assert_num_queries(1):
        kept_pages.state()
