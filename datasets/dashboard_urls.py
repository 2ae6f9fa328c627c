"""Dashboards. Root names: a public body is addressed by everybody, from every room."""

from django.urls import path

from datasets.views import taking
from datasets.views.compare import CompareView
from datasets.views.contracts import ContractsPage
from datasets.views.disclosure import DisclosurePage
from datasets.views.glossary import glossary
from datasets.views.indicators import FlagsPage
from datasets.views.ledgers import ExpenditureView, RevenueView
from datasets.views.lines import ExpenditureLinesView, RevenueLinesView
from datasets.views.overview import OverviewView, public_bodies
from datasets.views.panorama import PanoramaView
from datasets.views.registers import DebtPage, SanctionsPage, WorksPage

PAGES = [
    ("", "", OverviewView),
    ("presupuesto/", "_expenditure", ExpenditureView),
    ("presupuesto/renglones/", "_expenditure_lines", ExpenditureLinesView),
    ("ingresos/", "_revenue", RevenueView),
    ("ingresos/renglones/", "_revenue_lines", RevenueLinesView),
    ("contratos/", "_contracts", ContractsPage),
    ("obras/", "_works", WorksPage),
    ("deuda/", "_debt", DebtPage),
    ("sanciones/", "_sanctions", SanctionsPage),
    ("senales/", "_flags", FlagsPage),
    ("divulgacion/", "_disclosure", DisclosurePage),
]
MUNICIPALITY = "municipios/<slug:code>/"
BODY = "instituciones/<slug:slug>/"

urlpatterns = [
    path("comparar/", CompareView.as_view(), name="compare"),
    path("f/<slug:key>/", taking.pinned_figure, name="pinned_figure"),
    path("f/<slug:key>/fija/", taking.fixed_figure, name="fixed_figure"),
    path("figuras/fijar/", taking.pin, name="pin_figure"),
    path("oembed/", taking.oembed, name="oembed"),
    path("glosario/", glossary, name="glossary"),
    path("panorama/", PanoramaView.as_view(), name="panorama"),
    path("instituciones/", public_bodies, name="public_bodies"),
    *[path(f"{MUNICIPALITY}{end}", view.as_view(), name=f"municipality{name}") for end, name, view in PAGES],
    *[path(f"{BODY}{end}", view.as_view(), name=f"public_body{name}") for end, name, view in PAGES],
]
