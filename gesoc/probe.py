"""Health checks of single processes, for container and process managers; exits 0 or 1.

python -m gesoc.probe web [port]      does the web server answer, whatever it says of the others?
python -m gesoc.probe worker          did the worker give a sign of life lately?
python -m gesoc.probe beat            and beat?
"""

from __future__ import annotations

import http.client
import json
import os
import sys

LOOPBACK = "127.0.0.1"


def health(port: int) -> dict[str, str]:
    """What /salud/ answers on this machine; empty if nobody does. Proxies of the environment have no say in it."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", "/salud/", headers={"Host": host})
        return dict(json.loads(connection.getresponse().read()))
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


def is_alive(who: str) -> bool:
    import django

    django.setup()
    from gesoc.health import check_sign_of_life

    return check_sign_of_life(who) == "ok"


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gesoc.settings")
    match arguments:
        case ["web", *port]:
            return 0 if health(int(port[0]) if port else 8000) else 1
        case ["worker" | "beat" as who]:
            return 0 if is_alive(who) else 1
    sys.stderr.write(__doc__ or "")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
