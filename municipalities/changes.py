"""Populations and prices that change in any other way than with the code: told to whoever remembers what is made of them."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

_listening: list[Callable[[], object]] = []


def hear_of_figures(listener: Callable[[], object]) -> None:
    """For the apps above, once, when they are ready. They are called inside the transaction of the change, last."""
    if listener not in _listening:
        _listening.append(listener)


def figures_changed() -> None:
    for listener in _listening:
        listener()


class Told:
    """An administration page whose every change is told."""

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        figures_changed()

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        super().delete_model(request, obj)  # type: ignore[misc]
        figures_changed()

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)  # type: ignore[misc]
        figures_changed()
