"""The API's page for people, in a real browser: nothing to say against it, at a telephone's width and a desk's."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_api_page_is_accessible_and_fits(live_server, page, axe, width, scheme):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/api/")
    assert page.locator("h1").inner_text() == "API"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe()
    assert complaints == []
