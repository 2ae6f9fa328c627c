"""Do the hashed locks say what requirements/*.in asks for? Answers without the network.

python -m gesoc.locks check
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

FOLDER = Path(__file__).resolve().parent.parent / "requirements"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")


def asked_for(name: str) -> list[Requirement]:
    lines = (FOLDER / f"{name}.in").read_text().splitlines()
    texts = [line.split("#")[0].strip() for line in lines]
    return [Requirement(text) for text in texts if text and not text.startswith("-")]


def locked(name: str) -> dict[NormalizedName, list[str]]:
    """Each pinned package with the lines of its entry: pin, hashes, and by whom it is needed."""
    entries: dict[NormalizedName, list[str]] = {}
    current: list[str] = []
    for line in (FOLDER / f"{name}.txt").read_text().splitlines():
        if pin := PIN.match(line):
            current = entries.setdefault(canonicalize_name(pin[1]), [])
        current.append(line)
    return entries


def problems(name: str) -> list[str]:
    entries = locked(name)
    asked = {canonicalize_name(requirement.name): requirement for requirement in asked_for(name)}
    found = [f"{package} is in {name}.in, not in the lock" for package in asked if package not in entries]
    for package, lines in entries.items():
        pins = [pin[2] for line in lines if (pin := PIN.match(line))]
        if not any("--hash=sha256:" in line for line in lines):
            found.append(f"{package} has no hash")
        if any(f"-r requirements/{name}.in" in line for line in lines) and package not in asked:
            found.append(f"{package} is in the lock, not in {name}.in")
        if package in asked and not any(asked[package].specifier.contains(pin) for pin in pins):
            found.append(f"{package} {' '.join(pins)} is not what {name}.in asks for ({asked[package].specifier})")
    if "://" in (FOLDER / f"{name}.txt").read_text():
        found.append("the lock names a package host")
    return [f"requirements/{name}.txt: {problem}; run script/lock\n" for problem in found]


def main() -> int:
    found = [problem for name in ("base", "dev") for problem in problems(name)]
    sys.stdout.write("".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
