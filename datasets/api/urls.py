from django.urls import path

from . import views

urlpatterns = [
    path("expenditure/aggregate/", views.ExpenditureAggregateView.as_view(), name="expenditure-aggregate"),
    path("revenue/aggregate/", views.RevenueAggregateView.as_view(), name="revenue-aggregate"),
    path("contracts/", views.ContractsView.as_view(), name="contracts"),
    path("releases/", views.ReleasesView.as_view(), name="releases"),
]
