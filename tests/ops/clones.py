"""Clones to start and kill: copies of this tree in a private directory, run with next to nothing in the environment."""

from __future__ import annotations

import compileall
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
BARE = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
# Compiled modules come along (they are valid by the time and size of their source), but for those just being written.
LEFT_BEHIND = shutil.ignore_patterns("var", ".venv", ".git", "*.pyc.*", ".*_cache", ".hypothesis", "tests")


@dataclass
class Clone:
    root: Path

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [".venv/bin/python", "manage.py", *arguments],
            cwd=self.root,
            env=BARE | environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def shell(self, code: str, **environment: str) -> str:
        """What a line of Python in `manage.py shell` prints."""
        done = self.manage("shell", "--no-imports", "-c", code, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start_shell(self, code: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [".venv/bin/python", "manage.py", "shell", "--no-imports", "-c", code],
            cwd=self.root,
            env=BARE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def processes(self) -> dict[int, str]:
        """Whatever runs with this clone's path in its command line or as its working directory."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                place = os.readlink(entry / "cwd")
            except OSError:
                continue
            if command and (f"{self.root}/" in f"{command} {place}/"):
                found[int(entry.name)] = command
        return found

    def wait_until_quiet(self, seconds: float = 20) -> dict[int, str]:
        """What still runs when the time is over."""
        end = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.1)
        return left

    def find(self, word: str) -> list[int]:
        return [pid for pid, command in self.processes().items() if word in command]

    def kill_everything(self) -> None:
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def take_tables_of(self, other: Clone) -> None:
        """A copy of the database and of the collected static files of a clone in which nothing runs."""
        assert other.wait_until_quiet() == {}
        shutil.copytree(other.root / "var" / "pg", self.root / "var" / "pg")
        if (stamp := other.root / "var" / "static.stamp").exists():
            shutil.copytree(other.root / "var" / "static", self.root / "var" / "static")
            shutil.copy2(stamp, self.root / "var" / "static.stamp")

    def modes(self) -> dict[str, tuple[int, int, int]]:
        """Mode and owner of every file outside var/, and of every directory on the way to the clone."""
        places = [*self.root.parents, self.root]
        for directory, names, files in os.walk(self.root):
            if Path(directory) == self.root:
                names[:] = [name for name in names if name not in {"var", ".venv"}]
            names[:] = [name for name in names if name != "__pycache__"]
            places += [Path(directory) / name for name in (*names, *files)]
        return {str(place): (s.st_mode, s.st_uid, s.st_gid) for place in places if (s := place.lstat())}


@cache
def compile_modules() -> None:
    """Else every clone does so again: seconds each. What is compiled already takes no time."""
    for package in sorted({path.parent.relative_to(REPOSITORY).parts[0] for path in REPOSITORY.glob("*/apps.py")}):
        compileall.compile_dir(REPOSITORY / package, quiet=2)


def make_clone(root: Path) -> Clone:
    compile_modules()
    shutil.copytree(REPOSITORY, root, ignore=LEFT_BEHIND, symlinks=True)
    for loader in root.glob("*/management/commands/load_demo.py"):
        loader.unlink()  # the demo's own content has tests of its own
    (root / ".venv").symlink_to((REPOSITORY / ".venv").resolve())
    return Clone(root)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """`script/demo` of a clone, as somebody at a terminal would start it."""

    def __init__(self, clone: Clone, port: int, **environment: str) -> None:
        self.clone, self.port, self.output = clone, port, ""
        self.process = subprocess.Popen(
            ["script/demo"],
            cwd=clone.root,
            env=BARE | {"PORT": str(port)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_for(self, words: str) -> str:
        assert self.process.stdout
        while not re.search(words, self.output):
            line = self.process.stdout.readline()
            assert line, f"the demo ended before it said {words!r}:\n{self.output}"
            self.output += line
        return self.output

    def health(self) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/salud/")
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.output += rest
        return self.process.returncode
