"""script/bench fuzz [INPUTS] [SEED]: hostile files through the whole pipeline, each undone; fails if one is not told in words.

Every input is `mutant(Random(seed))` of benchmarks/mutations.py, so a seed that is named below can be had again with
`script/bench fuzz 1 SEED`. Runs in a scratch database of the clone's own embedded server, which is dropped at the end.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.mutations import mutant

SCRATCH = "mesa_fuzz"
SHOWN = 20


def main() -> None:
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    folder = Path(tempfile.mkdtemp(prefix="mesa-fuzz-"))
    admin = [sys.executable, "-m", "benchmarks.fuzz", "--admin"]
    try:
        subprocess.run([*admin, f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)"], check=True)
        subprocess.run([*admin, f"CREATE DATABASE {SCRATCH}"], check=True)
        sys.exit(run(inputs, seed, folder))
    finally:
        subprocess.run([*admin, f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def start_django(folder: Path | None) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "gesoc.settings"
    from gesoc import embedded

    embedded.prepare([sys.argv[0], "shell"])
    from django.conf import settings

    if folder:
        settings.DATABASES["default"]["NAME"] = SCRATCH
        settings.MEDIA_ROOT = folder / "media"
    import logging

    import django

    django.setup()
    from django.db import connections

    connections.close_all()  # preparing may have brought the clone's own database up to date
    logging.disable(logging.CRITICAL)


def run(inputs: int, seed: int, folder: Path) -> int:
    start_django(folder)
    from django.core.management import call_command

    from benchmarks.hostile import judge

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    ends: Counter[str] = Counter()
    faults: list[str] = []
    slowest, began = (0.0, 0), time.monotonic()
    for number in range(seed, seed + inputs):
        name, data = mutant(Random(number))
        path = folder / (name or "sin nombre")
        path.write_bytes(data)
        verdict = judge(path)
        path.unlink()
        ends[verdict.end] += 1
        slowest = max(slowest, (verdict.seconds, number))
        if verdict.fault:
            faults.append(f"seed {number} ({name}, {len(data):,} bytes): {verdict.fault}")
            print(faults[-1], flush=True)
        if number % 500 == 499:
            print(f"… {number + 1 - seed:,} inputs, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"\n{inputs:,} inputs in {time.monotonic() - began:.0f} s; slowest {slowest[0]:.1f} s (seed {slowest[1]})")
    # Linux counts for a child what this process held when it started it, before the child became another program.
    print(f"peak memory {peak:,} MB; of a child, counted with this process when it started it, {child:,} MB")
    for end, count in ends.most_common(SHOWN):
        print(f"{count:>8,}  {end}")
    print(f"{len(faults)} faults")
    return bool(faults)


def admin(statement: str) -> None:
    start_django(None)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--admin"]:
        admin(sys.argv[2])
    else:
        main()
