"""What is done once the data are written."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction


def after_commit(act: Callable[..., object], *given: object) -> None:
    """Call it once the transaction is written. Should it fail (a broker that is away), what was written stands and the log
    tells; for work that a sweep finds again, or that nobody misses."""

    def call() -> None:  # Django names the function when a robust one fails, and a partial has no name
        act(*given)

    transaction.on_commit(call, robust=True)
