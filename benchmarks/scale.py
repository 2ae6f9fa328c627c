"""script/bench scale [MILLIONS]: a file of many million lines through the command and through a watched source.

    command    `manage.py ingest` with its bar on a terminal, published
    cancelled  the same, Ctrl-C in its middle: what is left of it
    source     fetched from a server on this machine (let through here alone), kept, and read as the worker reads it

Each is a process of its own, whose peak of memory is told. The file is made on the fly, 15 million lines (2 GB) unless said
otherwise: 8,000 lines for each of 125 municipalities and year. All of it is gone at the end.
"""

from __future__ import annotations

import json
import os
import pty
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks import dirty
from benchmarks.scratch import LINES, SCRATCH, admin, drop, drop_database, empty, start_django

YEAR_LINES = 1_000_000
FIRST_YEAR = 2010
ASK = "SELECT count(*) FROM {table}"


def main() -> None:
    millions = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    folder = Path(tempfile.mkdtemp(prefix="mesa-scale-"))
    try:
        _child("make", folder, millions)  # elsewhere: a process counts what its parent held when it started it
        size = (folder / "large.csv").stat().st_size
        _child("prepare", folder)
        print(
            f"{millions * YEAR_LINES:,} lines, {size / 1e9:.2f} GB; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        for name in ("command", "cancelled"):
            _show(name, _on_terminal(name, folder, cancel=name == "cancelled"))
        with _server(folder) as port:
            _show("source", json.loads(_child("source", folder, port)))
    finally:
        _child("drop", folder)


def write_file(path: Path, millions: int) -> None:
    """One dirty year, repeated under other years: random numbers for all of them would take longer than the load."""
    chance = random.Random(20260101)
    each = YEAR_LINES // len(dirty.MUNICIPALITIES)
    lines = [line for number in range(len(dirty.MUNICIPALITIES)) for line in dirty._slice_lines(chance, number, each)]
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(",".join(dirty.HEADINGS) + "\r\n")
        for year in range(FIRST_YEAR, FIRST_YEAR + millions):
            file.writelines(f"{year}{line[4:]}" for line in lines)


def _show(name: str, found: dict[str, Any]) -> None:
    print(f"{name:<10}" + ", ".join(f"{what} {value}" for what, value in found.items()), flush=True)


def _command(name: str, folder: Path, number: int = 0) -> list[str]:
    return [sys.executable, "-m", "benchmarks.scale", "--child", name, str(number), str(folder)]


def _child(name: str, folder: Path, number: int = 0) -> str:
    return subprocess.run(_command(name, folder, number), check=True, stdout=subprocess.PIPE, text=True).stdout


def _on_terminal(name: str, folder: Path, cancel: bool) -> dict[str, Any]:
    """As a person runs it: the bar is drawn on a terminal, and Ctrl-C pressed when it is half full."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(_command(name, folder), stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    percents: set[int] = set()
    pressed = 0.0
    while text := _read(ours):
        percents |= {int(found) for found in re.findall(r"(\d+) % loading", text)}
        if cancel and not pressed and max(percents, default=0) >= 50:
            pressed = time.monotonic()
            process.send_signal(signal.SIGINT)
    out = process.communicate()[0]
    waited = {"seconds until it had ended": round(time.monotonic() - pressed, 1)} if pressed else {}
    return json.loads(out.splitlines()[-1]) | {"steps of the bar": len(percents)} | waited


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # the other end is closed
        return ""


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


class _server:
    """The folder on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))

    def __enter__(self) -> int:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return int(self.server.server_address[1])

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


# -- in the child -------------------------------------------------------------------------------------------------


def run_child(name: str, number: int, folder: Path) -> None:
    start_django(folder, scratch=name not in ("make", "drop"))
    steps: dict[str, Callable[[int, Path], dict[str, Any] | None]] = {
        "make": _make, "prepare": _prepare, "command": _load, "cancelled": _load, "source": _source, "drop": _drop
    }  # fmt: skip
    started = time.monotonic()
    found = steps[name](number, folder)
    if found is None:
        return
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": round(seconds, 1), "peak MB": peak} | found | _left(folder)))


def _left(folder: Path) -> dict[str, Any]:
    """What a load leaves behind: lines, releases, files beside the originals."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for what, table in (("lines kept", LINES), ("releases", "datasets_release"), ("issues", "datasets_rowissue")):
            cursor.execute(ASK.format(table=table))
            found[what] = cursor.fetchone()[0]
    return found | {"half-written files": len(list((folder / "media" / "originals").glob("*-*")))}


def _make(millions: int, folder: Path) -> None:
    write_file(folder / "large.csv", millions)
    drop_database()
    admin(f"CREATE DATABASE {SCRATCH}")


def _prepare(_port: int, _folder: Path) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)


def _load(_port: int, folder: Path) -> dict[str, Any]:
    import io

    from django.core.management import call_command

    from datasets.models import Ingest

    empty()
    try:
        call_command(
            "ingest", str(folder / "large.csv"), "--kind", "expenditure", "--publish", "--json", stdout=io.StringIO()
        )
    except SystemExit:
        pass  # how it ended is told below
    ingest = Ingest.objects.get()
    return {"status": ingest.status, "why": ingest.report.get("error_code") or "-", "rows read": ingest.rows_read}


def _source(port: int, _folder: Path) -> dict[str, Any]:
    from django.conf import settings

    from datasets import services, watches
    from datasets.ingest import pipeline
    from datasets.models import Source, Watch

    empty()
    settings.FETCH_ALSO = frozenset({("127.0.0.1", port)})
    settings.FETCH_MAX_MB, settings.FETCH_SECONDS = 4096, 3600
    url = f"http://127.0.0.1:{port}/large.csv"
    source = Source.objects.create(slug="large", name="Large", publisher_name="Bench", url=url)
    watch = Watch.objects.create(source=source, options=services.ingest_options(kind="expenditure"))
    heard: list[int] = []
    began = time.monotonic()
    fetch = watches.check(watch_id=watch.pk, forced=True, tell=lambda done, _size: heard.append(done >> 26))
    if fetch is None or fetch.ingest is None:
        raise SystemExit(f"nothing was fetched: {fetch and fetch.error}")
    fetched = time.monotonic() - began
    fetch_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told: set[int] = set()
    done = pipeline.run_ingest(fetch.ingest.pk, lambda _stage, share, _rows, _rejected: told.add(round(100 * share)))
    return {
        "of them fetching": round(fetched, 1), "peak MB fetching": fetch_peak, "steps of the download": len(set(heard)),
        "status": done.status, "rows read": done.rows_read, "steps of the load": len(told),
    }  # fmt: skip


def _drop(_port: int, folder: Path) -> None:
    drop("expenditure", 0, folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
