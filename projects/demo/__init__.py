"""Three example projects at different stages, told through the services; every text is invented and says so."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from gesoc.local import NO_DEMO
from projects.models import Project
from projects.services.questions import ensure_questions

from .coast import coast
from .paving import paving
from .registers import registers


def load_projects() -> int:
    """Create what is missing; what somebody changed since stays. Needs the example people, and better their files."""
    if not settings.LOCAL:
        raise ImproperlyConfigured(NO_DEMO)
    ensure_questions()
    made = 0
    for slug, tell in (("costas-a-la-vista", coast), ("pavimento-con-lupa", paving), ("padrones-legibles", registers)):
        if not Project.objects.filter(slug=slug).exists():
            with transaction.atomic():  # a start that is interrupted leaves no half of an example
                tell(slug)
            made += 1
    return made
