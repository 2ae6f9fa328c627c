"""Prepares the suite before Django loads (given to pytest with `-p tests.plugin`, not a conftest).

The suite has PostgreSQL and Redis of its own under var/test, whatever the environment says, so that it disturbs no
demo of the same clone and no database that DATABASE_URL may point to.
"""

import os

for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "MEDIA_ROOT", "STATIC_ROOT"):
    os.environ.pop(name, None)
os.environ["MESA_PROFILE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "gesoc.settings"


def pytest_load_initial_conftests() -> None:
    from gesoc import embedded

    embedded.use()
