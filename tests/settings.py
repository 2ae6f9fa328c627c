"""The product's own settings, in the suite's own house: var/test, whatever the environment says.

So the suite disturbs no demo of the same clone, and no database that DATABASE_URL may point to.
"""

import os

for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "MEDIA_ROOT", "STATIC_ROOT"):
    os.environ.pop(name, None)
os.environ["MESA_PROFILE"] = "test"
# Playwright keeps an event loop in the test's own thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from gesoc.settings import *  # noqa: E402, F403
