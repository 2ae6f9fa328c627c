"""What every test can use. Network: loopback and Unix sockets, nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route

from gesoc import embedded
from tests import chromium

# Examples are judged by what they give, not by how long a busy machine takes.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")

REPOSITORY = Path(__file__).resolve().parent.parent
STRICT = os.environ.get("MESA_STRICT") == "1"  # .ci/run: nothing may be left out
REALDATA_DIR = Path(os.environ.get("REALDATA_DIR") or REPOSITORY.parent / "shared" / "data")


# -- what may be left out, and how loudly -------------------------------------------------------------------------


def missing() -> dict[str, str]:
    """Marks whose tests cannot run on this machine, with the reason."""
    reasons = {}
    if not chromium.find():
        reasons["browser"] = "no Chromium: install one, or name it in CHROMIUM"
    if not REALDATA_DIR.is_dir():
        reasons["realdata"] = f"no published files: REALDATA_DIR is {REALDATA_DIR}, which is no directory"
    return reasons


def pytest_configure(config: pytest.Config) -> None:
    reasons = missing()
    if STRICT and reasons:
        pytest.exit("Nothing may be left out here: " + "; ".join(reasons.values()), returncode=1)
    config.stash[LEFT_OUT] = []
    if not config.getoption("numprocesses", None):  # with -n each process calls this for itself
        embedded.use()


def pytest_unconfigure() -> None:
    embedded.release()


LEFT_OUT: pytest.StashKey[list[str]] = pytest.StashKey()


# Files that take minutes go first, so that no process is left with one of them when the other has nothing to do.
LONG_FIRST = (
    "tests/ops/test_demo.py",
    "tests/test_permission_matrix.py",
    "tests/ops/test_embedded.py",
    "tests/test_forged_requests.py",
    "tests/datasets/test_ingest_worker.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))
    reasons = missing()
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        for mark, reason in reasons.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
                config.stash[LEFT_OUT].append(f"{item.nodeid} ({reason})")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left_out = config.stash[LEFT_OUT]
    if left_out:
        terminalreporter.section(f"ATTENTION: {len(left_out)} TESTS WERE LEFT OUT", sep="!", red=True, bold=True)
        for line in left_out:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def realdata_dir() -> Path:
    """The published files; tests that read them are marked `realdata`."""
    return REALDATA_DIR


# -- the world of permissions -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built_world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Any, Path]]:
    """The world, built once: every answer is rolled back, so nobody has touched it when the next one is asked for."""
    from django.db import transaction
    from django.test import override_settings

    from tests.permission_world import build

    place = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=place), transaction.atomic():
        yield build(), place
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world: tuple[Any, Path], settings: Any) -> Any:
    found, settings.MEDIA_ROOT = built_world
    return found


# -- files, queue, worker -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What still holds the database when all is over (a thread's connection, a worker that was killed) is let go of.

    Clients only: a vacuum of the server itself, which may be at work just then, is not ours to end.
    """
    yield
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    """Every test keeps its files in a place of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def nothing_remembered(request: pytest.FixtureRequest) -> None:
    """Answers are kept under the version of the data, which begins anew with every test's database."""
    if "django_db_setup" in request.fixturenames:
        from django.core.cache import cache

        cache.clear()


@pytest.fixture
def worker(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A running Celery worker on an empty queue. `kill()` and `start()` play a crash. Mark the test `worker`."""
    from tests.worker import CeleryWorker, empty_queue

    monkeypatch.setenv("MEDIA_ROOT", str(settings.MEDIA_ROOT))
    empty_queue()
    process = CeleryWorker(tmp_path / "worker.log")
    process.start()
    yield process
    process.stop()
    empty_queue()


# -- browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium.find(), "args": chromium.FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "es-MX", "timezone_id": "America/Mexico_City"}


def stay_on_this_machine(route: Route) -> None:
    if route.request.url.startswith(("http://localhost:", "http://127.0.0.1:", "data:", "blob:")):
        route.continue_()
    else:
        route.abort()


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.route("**/*", stay_on_this_machine)
    return context


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page of a Mexican visitor. Whatever the policy blocks, or a script that fails, fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def axe(page: Page) -> Any:
    """`axe()` asserts that the page as it is now has no accessibility violation."""
    from axe_playwright_python.sync_playwright import Axe

    def check() -> None:
        page.wait_for_load_state()  # with its styles: a click does not wait for those of the next page
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    return check
