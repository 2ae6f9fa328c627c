"""What the ways through the house share."""

import pytest

from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import MembershipFactory

from .phone import Phone, sign_in


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
