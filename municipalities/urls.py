from django.urls import path

from . import views

app_name = "municipalities"
urlpatterns = [
    path("municipios/", views.directory, name="directory"),
    path("estados/<slug:slug>/", views.state, name="state"),
]
