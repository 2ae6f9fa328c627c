"""A phone in the hand of somebody with a task: 390 px, one language, and every click is counted (typing is not)."""

from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, ngettext, override
from playwright.sync_api import expect

from gesoc.common.i18n import in_language
from tests.browser.clicks import fits


class Phone:
    """Asks for things by the words that people read, in the language of the page: no word is written here twice."""

    def __init__(self, page, site, language, axe):
        self.page, self.site, self.language, self.axe, self.clicks = page, site, language, axe, 0
        page.set_viewport_size({"width": 390, "height": 844})

    def goto(self, path):
        self.page.goto(self.site + in_language(path, self.language))

    def say(self, words, plural="", **values):
        with override(self.language):
            found = ngettext(words, plural, values["n"]) if plural else gettext(words)
        return found % values if values else found

    def sees(self, words, plural="", **values):
        expect(self.page.locator("main")).to_contain_text(self.say(words, plural, **values))

    def click(self, role, words, plural="", exact=False, **values):
        self.tap(self.page.get_by_role(role, name=self.say(words, plural, **values), exact=exact).first)

    def tap(self, place):
        self.clicks += 1
        place.click()

    def write(self, label, text, exact=False):
        self.page.get_by_label(self.say(label), exact=exact).first.fill(text)

    def choose(self, label, option):
        """Opening a list and taking one of it: a click."""
        self.clicks += 1
        self.page.get_by_role("combobox", name=self.say(label)).first.select_option(label=option)

    def check(self):
        """The page fits, says its language and can be read; the parts are the same in both, so axe looks at one."""
        assert fits(self.page), self.page.url
        spanish = self.language == settings.LANGUAGE_CODE
        assert self.page.locator("html").get_attribute("lang") == ("es-MX" if spanish else "en")
        if spanish:
            self.axe()


def sign_in(context, site, user):
    client = Client()
    client.force_login(user)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([{**cookie, "url": site}])
