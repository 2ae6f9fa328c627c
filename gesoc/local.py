"""What local mode makes up for itself and keeps in `var/`: the secret key and the passwords of the demo accounts."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from gesoc.embedded import home, is_local
from gesoc.home import not_ours

NO_DEMO = "DATABASE_URL is set, so this is not local mode: demo accounts are refused."


def create_private(path: Path, text: str) -> None:
    """A file for its owner alone (0600), complete from the moment it has its name. An existing file stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was first: both go on with its text
    finally:
        fresh.unlink()


def secret_key() -> str:
    path = home().root / "secret_key"
    try:
        if not path.exists():
            create_private(path, secrets.token_urlsafe(50))
        return path.read_text()
    except PermissionError:
        raise ImproperlyConfigured(not_ours(home().root)) from None


def demo_logins_path() -> Path:
    return home().root / "demo_logins.json"


def demo_passwords(emails: list[str]) -> dict[str, str]:
    """A random password for each demo account, the same at every start until RESET=1."""
    if not is_local():
        raise ImproperlyConfigured(NO_DEMO)
    path = demo_logins_path()
    known = read_demo_logins()
    if set(emails) - set(known):
        path.unlink(missing_ok=True)
        known |= {email: secrets.token_urlsafe(9) for email in emails if email not in known}
        create_private(path, json.dumps(known, indent=1))
    return {email: known[email] for email in emails}


def read_demo_logins() -> dict[str, str]:
    path = demo_logins_path()
    return json.loads(path.read_text()) if path.exists() else {}
