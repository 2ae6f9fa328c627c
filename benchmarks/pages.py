"""script/bench pages: what the web server sends in a second, kept pages beside a string that costs nothing.

Two servers with the settings of `gunicorn.conf.py`, on loopback alone, over the demo's own data in the clone's own server: one
keeps pages as in production, the other draws each one. Both answer `/robots.txt`, a static string behind the same middleware,
which is the ceiling. `wrk` asks with sixteen connections; every address is asked before it is measured.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS, ROUNDS, CONNECTIONS = 4, 3, 16
STRING = "/robots.txt"
PAGES = {
    "home": "/",
    "summary": "/municipios/{code}/",
    "budget": "/municipios/{code}/presupuesto/",
    "contracts": "/municipios/{code}/contratos/",
    "panorama": "/panorama/",
}
KEPT, DRAWN = 0.8, 0.05  # of the string's rate


def main() -> None:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    code = municipality()
    pages = {name: url.format(code=code) for name, url in PAGES.items()}
    rates = {}
    for kept in (True, False):
        with server(kept) as base:
            for name, url in {"string": STRING, **pages}.items():
                rates[name, kept] = statistics.median(rate(wrk, base + url) for _round in range(ROUNDS))
    sys.exit(show(rates))


def municipality() -> str:
    """One with a budget and contracts, of the demo."""
    from gesoc import embedded

    os.environ["DJANGO_SETTINGS_MODULE"] = "gesoc.settings"
    embedded.prepare([sys.argv[0], "shell"])
    embedded.collect_static()
    import django

    django.setup()
    from datasets.models import Kind, Release

    published = Release.objects.published()
    buyers = published.filter(kind=Kind.CONTRACTS).values("public_body")
    found = published.filter(kind=Kind.EXPENDITURE, public_body__kind="municipality", public_body__in=buyers)
    code = found.order_by("public_body__municipality").values_list("public_body__municipality", flat=True).first()
    if code is None:
        raise SystemExit(
            "No municipality has a budget and contracts here: run script/demo once, and measure while it is not running."
        )
    return str(code)


@contextmanager
def server(kept: bool) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "gesoc.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    process = subprocess.Popen(command, env=os.environ | {"KEPT_PAGES": str(int(kept))})
    try:
        wait(f"http://127.0.0.1:{port}{STRING}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _try in range(240):
        if process.poll() is not None:
            raise SystemExit("The web server did not start.")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise SystemExit("The web server does not answer.")


def rate(wrk: str, url: str) -> float:
    """Answers in a second; one that is no success ends the run."""
    for _try in range(8):  # each of the web processes draws it once
        urllib.request.urlopen(url, timeout=30).close()
    asked = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "20s", url]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url}:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None
    return float(found[1])


def show(rates: dict[tuple[str, bool], float]) -> int:
    """0 where every page keeps its limits."""
    top = {kept: rates["string", kept] for kept in (True, False)}
    print(f"a static string: {top[True]:,.0f} and {top[False]:,.0f} a second; {os.cpu_count()} cores\n")
    print(f"{'':<12}{'kept':>9}{'of string':>11}{'drawn':>9}{'of string':>11}")
    broken = []
    for name in PAGES:
        kept, drawn = rates[name, True], rates[name, False]
        print(f"{name:<12}{kept:>9,.0f}{kept / top[True]:>11.2f}{drawn:>9,.0f}{drawn / top[False]:>11.3f}")
        broken += [f"{name}, kept: limit {KEPT}"] if kept / top[True] < KEPT else []
        broken += [f"{name}, drawn: limit {DRAWN}"] if drawn / top[False] < DRAWN else []
    print("\n" + ("\n".join(f"UNDER: {one}" for one in broken) or "Every page keeps its limits."))
    return 1 if broken else 0


if __name__ == "__main__":
    main()
