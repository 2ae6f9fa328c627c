"""Counts the clicks that a budget counts: everything but typing. And whether a page fits its screen."""

from __future__ import annotations

from typing import Any


class Clicks:
    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def __call__(self, role: Any, name: str) -> None:
        self.page.get_by_role("main").get_by_role(role, name=name).first.click()
        self.count += 1
        self.page.wait_for_load_state()


def fits(page: Any) -> bool:
    """Nothing is wider than the screen, once the page has its styles: a click does not wait for those of the next page."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
