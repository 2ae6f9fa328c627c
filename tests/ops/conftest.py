import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ops.clones import Clone, make_clone


@contextmanager
def clones() -> Iterator[Callable[..., Clone]]:
    place = Path(tempfile.mkdtemp(prefix="mesa-clones-", dir="/tmp"))
    made: list[Clone] = []

    def make(name: str = "clone") -> Clone:
        made.append(make_clone(place / name))
        return made[-1]

    yield make
    for clone in made:
        clone.kill_everything()
    shutil.rmtree(place)


@pytest.fixture
def new_clone() -> Iterator[Callable[..., Clone]]:
    """`new_clone("a")`: a clone below a directory that only its owner may enter; removed with all its processes."""
    with clones() as make:
        yield make


@pytest.fixture
def clone(new_clone: Callable[..., Clone]) -> Clone:
    """A clone in which nothing was run yet."""
    return new_clone()


@pytest.fixture(scope="session")
def used_clone() -> Iterator[Clone]:
    with clones() as make:
        clone = make()
        clone.manage("load_reference")
        yield clone


@pytest.fixture
def ready_clone(used_clone: Clone) -> Clone:
    """A clone that has its tables and reference data, and in which nothing runs."""
    assert used_clone.wait_until_quiet() == {}
    return used_clone


@pytest.fixture
def filled_clone(new_clone: Callable[..., Clone], ready_clone: Clone) -> Callable[..., Clone]:
    """`filled_clone("a")`: one more clone with tables and reference data, for tests that are not about making them."""

    def make(name: str = "clone") -> Clone:
        clone = new_clone(name)
        clone.take_tables_of(ready_clone)
        return clone

    return make
