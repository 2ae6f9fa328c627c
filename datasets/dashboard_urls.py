"""Dashboards. Root names: a public body is addressed by everybody, from every room."""

from django.urls import path

from datasets.views.contracts import ContractsPage
from datasets.views.ledgers import ExpenditureView, RevenueView
from datasets.views.lines import ExpenditureLinesView, RevenueLinesView
from datasets.views.overview import OverviewView, public_bodies

PAGES = [
    ("", "", OverviewView),
    ("presupuesto/", "_expenditure", ExpenditureView),
    ("presupuesto/renglones/", "_expenditure_lines", ExpenditureLinesView),
    ("ingresos/", "_revenue", RevenueView),
    ("ingresos/renglones/", "_revenue_lines", RevenueLinesView),
    ("contratos/", "_contracts", ContractsPage),
]
MUNICIPALITY = "municipios/<slug:code>/"
BODY = "instituciones/<slug:slug>/"

urlpatterns = [
    path("instituciones/", public_bodies, name="public_bodies"),
    *[path(f"{MUNICIPALITY}{end}", view.as_view(), name=f"municipality{name}") for end, name, view in PAGES],
    *[path(f"{BODY}{end}", view.as_view(), name=f"public_body{name}") for end, name, view in PAGES],
]
