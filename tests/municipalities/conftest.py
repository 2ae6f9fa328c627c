"""The whole territory, loaded once a module inside a transaction that is rolled back after it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from municipalities.services import load_territory


@pytest.fixture(scope="module")
def _territory_of_module(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_territory()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def territory(_territory_of_module: None, db: None) -> None:
    """All states, municipalities, shapes and the populations and prices in the box."""
