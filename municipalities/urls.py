from django.urls import path

from . import views

app_name = "municipalities"
urlpatterns = [
    path("municipios/", views.directory, name="directory"),
    path("municipios/mapa/", views.national_map, name="map"),
    path("estados/<slug:slug>/", views.state, name="state"),
]
