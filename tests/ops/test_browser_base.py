"""The base of all browser tests: a real Chromium on a real server, cut off from the network."""

import pytest
from playwright.sync_api import Error, Page
from pytest_django.live_server_helper import LiveServer


@pytest.mark.browser
def test_page_shows_the_health_answer_in_a_real_browser(live_server: LiveServer, page: Page) -> None:
    response = page.goto(f"{live_server.url}/salud/")
    assert response is not None
    assert response.json()["database"] == "ok"
    assert page.evaluate("navigator.language") == "es-MX"


@pytest.mark.browser
def test_page_cannot_leave_this_machine(page: Page) -> None:
    with pytest.raises(Error, match="ERR_FAILED"):
        page.goto("https://example.org/")
