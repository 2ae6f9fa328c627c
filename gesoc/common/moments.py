"""For how long a process may go on with what it read of the reference data: names, prices, outlines."""

from __future__ import annotations

import time

from django.conf import settings


def present() -> float:
    """An argument for `lru_cache`, the same for a minute. Web processes begin anew with each update of the reference data;
    one that is corrected in between is seen after a minute, as in the API. A suite that makes its own reads it each time."""
    now = time.monotonic()
    return now if settings.TESTING else now // 60
