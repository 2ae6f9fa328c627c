"""script/demo: everything up, and exactly that down again."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from gesoc import embedded
from gesoc.home import wait_until
from tests.ops.clones import Clone, Demo, free_port

WELL = (200, {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"})
UP = "Ctrl-C stops everything"


@pytest.fixture
def start() -> Iterator[Callable[..., Demo]]:
    demos: list[Demo] = []

    def begin(clone: Clone, port: int | None = None, **environment: str) -> Demo:
        demos.append(Demo(clone, port or free_port(), **environment))
        return demos[-1]

    yield begin
    for demo in demos:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()
        if demo.process.stdout:
            demo.process.stdout.close()


def test_demo_serves_stops_and_starts_again_with_everything_kept(clone: Clone, start: Callable[..., Demo]) -> None:
    before = clone.modes()
    demo = start(clone)
    demo.wait_for(UP)
    assert f"http://127.0.0.1:{demo.port}/" in demo.output
    assert demo.health() == WELL
    clone.shell("from django.core.cache import cache; cache.set('kept', 'yes', None)")
    assert demo.stop(signal.SIGTERM) == 0
    assert clone.wait_until_quiet(5) == {}
    assert clone.modes() == before

    began = time.monotonic()
    again = start(clone)
    again.wait_for(UP)
    assert time.monotonic() - began < 60  # seconds on a quiet machine
    assert clone.shell("from django.core.cache import cache; print(cache.get('kept'))") == "yes"
    assert again.stop(signal.SIGINT) == 0
    assert clone.wait_until_quiet(5) == {}

    afresh = start(clone, RESET="1")
    afresh.wait_for(UP)
    assert clone.shell("from django.core.cache import cache; print(cache.get('kept'))") == "None"
    assert afresh.stop(signal.SIGTERM) == 0


def test_demo_leaves_services_alone_that_others_use(ready_clone: Clone, start: Callable[..., Demo]) -> None:
    holder = ready_clone.start_shell("print('holding', flush=True); import time; time.sleep(120)")
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    servers = ready_clone.find("bin/postgres")
    demo = start(ready_clone)
    demo.wait_for(UP)
    assert demo.stop(signal.SIGTERM) == 0
    assert ready_clone.find("bin/postgres") == servers != []
    assert ready_clone.find("gunicorn") == ready_clone.find("celery") == []
    refused = start(ready_clone, RESET="1")
    assert refused.process.wait(60) == 1
    assert "stop it first" in refused.process.communicate()[0]
    holder.kill()
    holder.communicate()


def test_demo_starts_a_killed_worker_again_and_dies_completely_when_killed(
    ready_clone: Clone, start: Callable[..., Demo]
) -> None:
    demo = start(ready_clone)
    demo.wait_for(UP)
    killed = ready_clone.find("celery --app gesoc worker")
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    demo.wait_for("worker stopped unexpectedly")
    assert wait_until(
        lambda: len(set(ready_clone.find("celery --app gesoc worker")) - set(killed)) > 1, 60
    )  # and its pool
    assert demo.health() == WELL
    demo.process.kill()
    assert ready_clone.wait_until_quiet(30) == {}


def test_demo_interrupted_at_any_moment_leaves_no_process(ready_clone: Clone, start: Callable[..., Demo]) -> None:
    for wait in (0.3, 0.8, 1.5, 3):
        demo = start(ready_clone)
        time.sleep(wait)
        demo.stop(signal.SIGTERM)
        assert ready_clone.wait_until_quiet(5) == {}, f"after {wait} s"


def test_two_clones_at_once(ready_clone: Clone, filled_clone: Callable[..., Clone], start: Callable[..., Demo]) -> None:
    clone = filled_clone()
    demos = [start(ready_clone), start(clone)]
    for demo in demos:
        demo.wait_for(UP)
    assert demos[0].stop(signal.SIGTERM) == 0
    assert demos[1].health() == WELL
    assert demos[1].stop(signal.SIGTERM) == 0


def test_second_demo_of_a_clone_and_taken_or_strange_ports_are_refused(
    ready_clone: Clone, start: Callable[..., Demo]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert_refused(start(ready_clone, number), f"Port {number} is in use. Choose another: PORT=8001 script/demo")
    assert_refused(start(ready_clone, PORT="http"), "PORT is 'http': it must be a number from 1 to 65535.")
    demo = start(ready_clone)
    demo.wait_for("Tables")
    assert_refused(start(ready_clone), "A demo of this clone is already running.")
    demo.wait_for(UP)
    assert demo.stop(signal.SIGTERM) == 0


def test_demo_with_a_database_of_production_and_no_secret_says_what_to_set(
    ready_clone: Clone, start: Callable[..., Demo]
) -> None:
    refused = start(ready_clone, DATABASE_URL="postgres://mesa@database.invalid/mesa")
    assert_refused(refused, "DATABASE_URL is set, so SECRET_KEY must be set as well")
    assert ready_clone.wait_until_quiet(5) == {}


def test_demo_with_services_of_its_own_choice_has_no_demo_accounts(
    ready_clone: Clone, start: Callable[..., Demo]
) -> None:
    given = embedded.home()  # the suite's own services play the production's
    demo = start(
        ready_clone,
        DATABASE_URL=f"postgres://mesa@/mesa?host={given.run}",
        REDIS_URL=f"unix://{given.redis_socket}?db=7",
        SECRET_KEY="s" * 60,
        ALLOWED_HOSTS="127.0.0.1,mesa.example",
    )
    demo.wait_for(UP)
    assert "no demo data, and demo accounts are refused" in demo.output
    assert demo.health() == WELL
    assert ready_clone.find("bin/postgres") == ready_clone.find("redis-server") == []
    assert demo.stop(signal.SIGTERM) == 0
    assert not (ready_clone.root / "var" / "demo_logins.json").exists()


def assert_refused(demo: Demo, sentence: str) -> None:
    output, _ = demo.process.communicate(timeout=60)
    assert sentence in output
    assert demo.process.returncode == 1
