import os
import re
import subprocess

import pytest

from tests.ops.clones import BARE, REPOSITORY, Clone

SCRIPTS = [*sorted((REPOSITORY / "script").iterdir()), REPOSITORY / ".ci" / "run"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_is_short_posix_shell_that_says_what_it_does(script) -> None:
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert lines[1].startswith("# ")
    assert "set -eu" in lines
    assert len(lines) <= 25
    assert os.access(script, os.X_OK)
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_makefile_has_the_same_names() -> None:
    names = re.search(r"^NAMES = (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert names is not None
    assert sorted(names[1].split()) == sorted(script.name for script in SCRIPTS if script.parent.name == "script")


def test_setup_without_a_fitting_python_says_so(clone: Clone) -> None:
    (clone.root / ".venv").unlink()
    path = clone.root / "bin"
    path.mkdir()
    for program in ("sh", "cat", "cksum", "dirname"):
        (path / program).symlink_to(f"/usr/bin/{program}")
    done = subprocess.run(
        ["/bin/sh", "script/setup"],
        cwd=clone.root,
        env=BARE | {"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer (with venv) is needed; PYTHON=... names one.\n"


def test_ci_run_refuses_to_leave_anything_out(tmp_path) -> None:
    done = subprocess.run(
        [REPOSITORY / ".venv" / "bin" / "python", "-m", "pytest", "tests/ops/test_scripts.py"],
        cwd=REPOSITORY,
        env=BARE | {"MESA_STRICT": "1", "REALDATA_DIR": str(tmp_path / "nowhere"), "CHROMIUM": "/nowhere/chromium"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Nothing may be left out here" in said
    assert "no Chromium" in said
    assert "no published files" in said
    assert "MESA_STRICT=1" in (REPOSITORY / ".ci" / "run").read_text()


def test_left_out_tests_are_named_loudly() -> None:
    done = subprocess.run(
        [REPOSITORY / ".venv" / "bin" / "python", "-m", "pytest", "tests/ops/test_browser_base.py"],
        cwd=REPOSITORY,
        env=BARE | {"CHROMIUM": "/nowhere/chromium"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "ATTENTION: 2 TESTS WERE LEFT OUT" in done.stdout
    assert "test_page_cannot_leave_this_machine" in done.stdout
