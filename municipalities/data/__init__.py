"""Reference data of the territory. What each file holds and where it comes from is said in README.md beside it."""

import csv
import hashlib
from pathlib import Path

DATA = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fingerprint() -> str:
    """SHA-256 over all files: the same figure means that the same data would be loaded."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.csv")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
