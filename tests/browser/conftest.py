"""What the ways through the house share."""

import os

import pytest
from django.core.management import call_command

from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import MembershipFactory

from .phone import Phone, sign_in


@pytest.fixture
def site(worker, live_server, monkeypatch):
    """A server beside which a worker loads files, with the reference data."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    call_command("load_reference", verbosity=0)
    return live_server.url


@pytest.fixture(params=["es-mx", "en"])
def language(request):
    return request.param


@pytest.fixture
def phone(page, live_server, language, axe):
    return Phone(page, live_server.url, language, axe)


@pytest.fixture
def itzel(context, live_server):
    """Facilitates for an organisation; signed in on the phone."""
    MunicipalityFactory(code="05035")
    membership = MembershipFactory(role="facilitacion", user__full_name="Itzel Canul")
    sign_in(context, live_server.url, membership.user)
    return membership
