"""What the ways through the house share."""

import pytest

from .phone import Phone


@pytest.fixture(params=["es-mx", "en"])
def language(request):
    return request.param


@pytest.fixture
def phone(page, live_server, language, axe):
    return Phone(page, live_server.url, language, axe)
