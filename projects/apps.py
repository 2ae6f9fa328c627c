from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, Person, User
    from partners.selectors import Tie
    from partners.services import Kept
    from partners.services.merge import Moves, Record

    from .models import Project


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects and evidence")

    def ready(self) -> None:
        from datasets.reference import add_reference
        from partners.selectors import add_section, add_ties
        from partners.services import add_eraser, add_preparation, add_reporter

        add_reference(_questions)
        add_eraser(_erase)
        add_reporter(_kept)
        add_preparation(_one_partnership)
        add_ties(_ties)
        add_section("projects/_of_organisation.html", _of_organisation)


def _questions() -> bool:
    from .services.questions import ensure_questions  # services draw in half the house: not while it is being built

    return ensure_questions()


def _erase(person: Person) -> int:
    from .access import erase

    return erase(person)


def _kept(person: Person) -> Iterable[Kept]:
    from .access import kept_of

    return kept_of(person)


def _one_partnership(source: Record, target: Record, moves: Moves) -> None:
    from .merging import one_partnership

    one_partnership(source, target, moves)


def _of_organisation(user: User | AnonymousUser, organisation: Organisation) -> list[Project]:
    from .selectors import of_organisation

    return of_organisation(user, organisation)


def _ties(user: User | AnonymousUser, organisation: Organisation | None, limit: int) -> Iterable[Tie]:
    from .ties import project_ties

    return project_ties(user, organisation, limit)
