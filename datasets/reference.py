"""What comes with the code and is loaded into an empty database, and again wherever it changed."""

from __future__ import annotations

from collections.abc import Callable

# Of the apps above: called inside the transaction of `load_reference`, safe to repeat.
Loader = Callable[[], object]
_loaders: list[Loader] = []


def add_reference(loader: Loader) -> None:
    """Register what an app above brings along; once, from `AppConfig.ready`."""
    if loader not in _loaders:
        _loaders.append(loader)


def load_added() -> None:
    for loader in _loaders:
        loader()
