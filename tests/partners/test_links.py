"""Personal links: bound to one purpose, ended by time or by hand, known to the database only as a hash."""

import datetime

import pytest
from django.utils import timezone

from partners import services
from partners.models import SignedLink
from tests.factories.partners import PersonFactory

pytestmark = pytest.mark.django_db


def mint(**fields):
    later = timezone.now() + datetime.timedelta(days=1)
    return services.mint_link(**{"purpose": "answer", "subject": "a", "expires_at": later, **fields})


def test_link_opens_what_it_is_for_and_nothing_else():
    person = PersonFactory()
    token = mint(person=person)
    link = services.find_link(token=token, purpose="answer")
    assert (link.subject, link.person) == ("a", person)
    assert services.find_link(token=token, purpose="verify") is None
    assert services.find_link(token=token[:-1], purpose="answer") is None
    assert services.find_link(token="", purpose="answer") is None


def test_token_is_not_in_the_database():
    token = mint()
    assert token not in str(list(SignedLink.objects.values()))


def test_link_that_expired_or_was_revoked_opens_nothing():
    old = mint(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert services.find_link(token=old, purpose="answer") is None
    one, two = PersonFactory(), PersonFactory()
    first, second = mint(person=one), mint(person=two)
    assert services.revoke_links(purpose="answer", subject="a", person=one) == 1
    assert services.find_link(token=first, purpose="answer") is None
    assert services.find_link(token=second, purpose="answer") is not None
    assert services.revoke_links(purpose="answer", subject="a") == 1
    assert services.find_link(token=second, purpose="answer") is None


def test_use_is_noted():
    token = mint()
    services.mark_link_used(link=services.find_link(token=token, purpose="answer"))
    assert services.find_link(token=token, purpose="answer").used_at is not None
