"""`check --deploy` as production would run it: in an environment that is complete, and in no other.

python -m gesoc.deployment
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

from gesoc.embedded import BASE_DIR


def environment() -> dict[str, str]:
    """The addresses lead nowhere: these checks look at settings, not at services."""
    return os.environ | {
        "DATABASE_URL": "postgres://mesa:unused@database.invalid/mesa",
        "REDIS_URL": "redis://redis.invalid:6379/0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "mesa.example",
        "DEBUG": "",
        "DJANGO_SETTINGS_MODULE": "gesoc.settings",
    }


def main() -> int:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=BASE_DIR, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
