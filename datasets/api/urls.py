from django.urls import path

from . import indicators, registers, views
from .cubes import cube_urls

urlpatterns = [
    path("expenditure/aggregate/", views.ExpenditureAggregateView.as_view(), name="expenditure-aggregate"),
    path("revenue/aggregate/", views.RevenueAggregateView.as_view(), name="revenue-aggregate"),
    path("contracts/", views.ContractsView.as_view(), name="contracts"),
    path("works/", registers.WorksView.as_view(), name="works"),
    path("debt/", registers.DebtView.as_view(), name="debt"),
    path("sanctions/", registers.SanctionsView.as_view(), name="sanctions"),
    path("indicators/", indicators.IndicatorsView.as_view(), name="indicators"),
    path("flags/", indicators.FlagsView.as_view(), name="flags"),
    path("releases/", views.ReleasesView.as_view(), name="releases"),
    *cube_urls(),
]
