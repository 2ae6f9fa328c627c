"""Local mode makes up its secrets; outside it a missing secret stops the start with a sentence."""

import json
import os
import stat
import subprocess
import sys

import pytest

from tests.ops.clones import BARE, REPOSITORY, Clone

PRODUCTION = {
    "DATABASE_URL": "postgres://mesa:pw@database.invalid:5433/mesa",
    "REDIS_URL": "redis://:pw@redis.invalid:6379/0",
    "SECRET_KEY": "s" * 60,
    "ALLOWED_HOSTS": "mesa.example, .mesa.example",
}


def read_settings(*names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    values = f"{{name: getattr(s, name, None) for name in {names!r}}}"
    code = f"import json, gesoc.settings as s; print(json.dumps({values}, default=str))"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=BARE | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL"])
@pytest.mark.parametrize("emptied", [True, False])
def test_missing_secret_stops_the_start_with_a_sentence(name: str, emptied: bool) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    if emptied:
        environment[name] = ""
    done = read_settings("SECRET_KEY", **environment)
    assert done.returncode == 1
    assert f"DATABASE_URL is set, so {name} must be set as well: " in done.stderr.splitlines()[-1]


def test_missing_secret_is_one_plain_line_from_manage() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=REPOSITORY,
        env=BARE | {"DATABASE_URL": PRODUCTION["DATABASE_URL"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "DATABASE_URL is set, so SECRET_KEY must be set as well: a random text of 50 characters or more, kept secret.\n"
    )


def test_production_takes_everything_from_the_environment_and_is_strict() -> None:
    names = ["SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL", "DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE"]
    done = read_settings(*names, "CSRF_TRUSTED_ORIGINS", "DATABASES", "CELERY_BROKER_URL", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    database = found.pop("DATABASES")["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("database.invalid", 5433, "mesa")
    assert found == {
        "SECRET_KEY": PRODUCTION["SECRET_KEY"],
        "ALLOWED_HOSTS": ["mesa.example", ".mesa.example"],
        "CSRF_TRUSTED_ORIGINS": ["https://mesa.example", "https://*.mesa.example"],
        "REDIS_URL": PRODUCTION["REDIS_URL"],
        "CELERY_BROKER_URL": PRODUCTION["REDIS_URL"],
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
    }


def test_local_mode_keeps_one_private_key_also_when_two_start_first(clone: Clone) -> None:
    command = [".venv/bin/python", "-c", "import gesoc.settings as s; print(s.SECRET_KEY, *s.ALLOWED_HOSTS, s.DEBUG)"]
    started = [subprocess.Popen(command, cwd=clone.root, env=BARE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate(timeout=60)[0] for process in started}
    assert len(said) == 1
    key, *rest = said.pop().split()
    path = clone.root / "var" / "secret_key"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == (key, 0o600)
    assert len(key) >= 50
    assert rest == ["localhost", "127.0.0.1", "[::1]", "False"]
    assert sorted(os.listdir(path.parent)) == ["secret_key"]


def test_demo_accounts_are_random_private_and_refused_outside_local_mode(clone: Clone) -> None:
    code = "from gesoc.local import demo_passwords as d; import json; print(json.dumps(d(['ana@x.mx', 'leo@x.mx'])))"
    command = [".venv/bin/python", "-c", code]

    def ask(**environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=clone.root, env=BARE | environment, capture_output=True, text=True, check=False
        )

    passwords = json.loads(ask().stdout)
    assert sorted(passwords) == ["ana@x.mx", "leo@x.mx"]
    assert len({*passwords.values()}) == 2
    assert json.loads(ask().stdout) == passwords
    path = clone.root / "var" / "demo_logins.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    refused = ask(**PRODUCTION)
    assert refused.returncode == 1
    assert "demo accounts are refused" in refused.stderr


def test_policy_allows_nothing_unsafe() -> None:
    directives = json.loads(read_settings("CONTENT_SECURITY_POLICY").stdout)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    sources = {source for values in directives.values() for source in values}
    assert sources == {"'self'", "'none'"}
    assert directives["default-src"] == ["'none'"]


def test_web_workers_do_not_look_through_what_was_loaded_before_they_were_born():
    code = (
        "import gc, runpy; runpy.run_path('gunicorn.conf.py')['when_ready'](None); print(gc.get_freeze_count() > 1000)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_garbage_is_collected_once_all_is_loaded_but_not_among_that():
    code = (
        "import gc, gesoc.settings, django; before = gc.isenabled(); django.setup(); "
        "print(before, gc.isenabled(), gc.get_freeze_count() > 100_000)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gesoc.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False True True\n"
