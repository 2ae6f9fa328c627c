"""Root routes. URLs are Spanish, view names English."""

from django.contrib import admin
from django.urls import include, path

from gesoc.health import health

urlpatterns = [
    path("salud/", health, name="health"),
    path("cuentas/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
