"""Finds the Chromium that drives the browser tests: `CHROMIUM`, one on PATH, or Playwright's own.

`python tests/chromium.py` installs Debian's where there is none, if it may (root and apt-get), and says what it found.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
FLAGS = [
    "--no-sandbox",  # the suite may run as root, where Chromium's own sandbox refuses
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or downloaded_by_playwright()


def downloaded_by_playwright() -> str | None:
    places = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), Path.home() / ".cache" / "ms-playwright"]
    for place in filter(None, places):
        for program in sorted(Path(place).glob("chromium-*/chrome-linux*/chrome"), reverse=True):
            return str(program)
    return None


def install() -> None:
    """Debian's own package; on other systems and for ordinary users nothing happens."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("No Chromium found: installing Debian's ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    if not find() and not os.environ.get("CHROMIUM"):
        install()
    print(f"Chromium: {find() or 'none, browser tests will be left out'}")
    sys.exit(0)
