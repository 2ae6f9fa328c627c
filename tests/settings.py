"""The product's own settings, in the suite's own house: var/test, whatever the environment says.

So the suite disturbs no demo of the same clone, and no database that DATABASE_URL may point to. With `pytest -n`
each process has a house of its own (var/test-gw0, ...): a server, a queue and a worker that no other test touches.
"""

import os

for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "MEDIA_ROOT", "STATIC_ROOT"):
    os.environ.pop(name, None)
os.environ["MESA_PROFILE"] = "-".join(filter(None, ["test", os.environ.get("PYTEST_XDIST_WORKER")]))
# Playwright keeps an event loop in the test's own thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from gesoc.settings import *  # noqa: E402, F403

# The suite empties tables between tests; nobody else may empty a ballot box (dialogues/models/votes.py).
DATABASES["default"]["OPTIONS"]["options"] = "-c mesa.may_truncate=on"  # noqa: F405
