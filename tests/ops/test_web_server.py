"""gunicorn with the settings of gunicorn.conf.py: visitors are dealt out evenly among its workers."""

import http.client
import runpy
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from tests.ops.clones import BARE, REPOSITORY

# An application that says which process answers.
APPLICATION = """
import os

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""
CONNECTIONS = 64  # thrown like a coin, one of two gets fewer than eight of them once in 10**10 times
LEAST = 8


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "told.py").write_text(APPLICATION)
    return tmp_path


def started(folder: Path, address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gunicorn", "told", "--pythonpath", str(folder), "--bind", address]
    return subprocess.Popen(
        command, cwd=REPOSITORY, env=BARE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    number = free_port()
    server = started(folder, f"127.0.0.1:{number}")
    wait_for_both(number)
    yield number
    server.terminate()
    server.communicate(timeout=30)


def opened(port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    return connection


def answerers(port: int, count: int) -> Counter[bytes]:
    """Which process has each of so many connections, all opened before the first one asks."""
    connections = [opened(port) for _one in range(count)]
    for one in connections:
        one.request("GET", "/")
    found = Counter(one.getresponse().read() for one in connections)
    for one in connections:
        one.close()
    return found


def wait_for_both(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if len(answerers(port, 16)) == 2:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("The web server's two processes did not both answer.")


def test_connections_are_dealt_out_among_the_workers(port: int) -> None:
    for _time in range(5):
        assert min(answerers(port, CONNECTIONS).values()) >= LEAST


def test_a_second_server_is_refused_the_address_and_the_first_goes_on(port: int, folder: Path) -> None:
    second = started(folder, f"127.0.0.1:{port}")
    said, _nothing = second.communicate(timeout=60)
    assert (second.returncode, f"Cannot listen on 127.0.0.1:{port}" in said) == (1, True)
    assert len(answerers(port, CONNECTIONS)) == 2


@pytest.mark.parametrize(
    ("address", "given", "each_for_itself"),
    [
        ("127.0.0.1:0", {}, False),
        ("unix:web", {}, False),
        ("127.0.0.1:{free}", {"LISTEN_FDS": "1"}, False),
        ("127.0.0.1:{free}", {}, True),
    ],
)
def test_a_socket_that_is_a_file_or_was_opened_by_somebody_else_stays_one_for_all(
    address: str, given: dict[str, str], each_for_itself: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that each made the file anew would take it from one another."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    config = Config()
    config.set("bind", address.format(free=free_port()))
    runpy.run_path(str(REPOSITORY / "gunicorn.conf.py"))["on_starting"](SimpleNamespace(cfg=config))
    assert config.reuse_port is each_for_itself
