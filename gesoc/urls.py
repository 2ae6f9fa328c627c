"""Root routes. URLs are Spanish, view names English. Pages for people exist in two languages: `/…` and `/en/…`."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from gesoc import api, views
from gesoc.health import health
from gesoc.sitemaps import SITEMAPS

urlpatterns = [
    path("salud/", health, name="health"),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("api/", include("gesoc.api")),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("buscar/", views.search, name="search"),
        path("api/", api.page, name="api"),
        path("_componentes/", views.components, name="components"),
        path("", include("municipalities.urls")),
        path("", include("datasets.dashboard_urls")),
        path("", include("partners.urls")),
        path("", include("projects.urls")),
        path("", include("datasets.urls")),
        path("", include("dialogues.urls")),
        prefix_default_language=False,
    ),
]

handler500 = "gesoc.views.server_error"
