"""Addresses worth indexing: pages of places that have data, in both languages. Empty dashboards are left out."""

from __future__ import annotations

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from datasets.models import PublicBody
from datasets.selectors import bodies_with_data
from municipalities.models import State


class Languages(Sitemap):
    i18n = True
    languages = ["es-mx", "en"]
    alternates = True


class PublicBodies(Languages):
    def items(self) -> QuerySet[PublicBody]:
        return bodies_with_data()


class States(Languages):
    def items(self) -> QuerySet[State]:
        return State.objects.all()


class Pages(Languages):
    def items(self) -> list[str]:
        return [
            "home",
            "municipalities:directory",
            "public_bodies",
            "datasets:catalogue",
            "datasets:suppliers",
            "datasets:indicators",
            "datasets:disclosure",
            "compare",
            "panorama",
            "glossary",
            "datasets:classifiers",
            "datasets:laws",
            "datasets:open_data",
            "api",
            "components",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {"pages": Pages, "states": States, "bodies": PublicBodies}
