from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model

    from partners.models import Organisation, Person, User
    from partners.selectors import Tie
    from partners.services import Kept
    from projects.models import Evidence, Project
    from projects.news import News
    from projects.places import Use

    from .models import Session


class DialoguesConfig(AppConfig):
    name = "dialogues"
    verbose_name = _("Dialogues")

    def ready(self) -> None:
        from partners.selectors import add_section, add_ties
        from partners.services import add_eraser, add_reporter, after_redaction
        from projects.models.comments import Place, add_place
        from projects.news import add_news
        from projects.places import add_uses

        from .models import Commitment, CommitmentComment

        add_eraser(_erase)
        add_reporter(_kept)
        after_redaction(_anew)
        add_ties(_ties)
        add_section("dialogues/_of_organisation.html", _of_organisation)
        add_news(_news)
        add_uses(_uses)
        add_place(
            "compromiso",
            Place(
                model=Commitment,
                name="key",
                link=CommitmentComment,
                field="commitment",
                right="dialogues.manage_commitment",
                seen=Commitment.objects.visible_to,
                concerns=Commitment.objects.concerning,
            ),
        )


def _erase(person: Person) -> int:
    from .services.erasure import erase_person  # services draw in half the house: not while it is being built

    return erase_person(person)


def _anew(row: Model) -> None:
    from .services.minutes_pdf import make_anew

    make_anew(row)


def _kept(person: Person) -> Iterable[Kept]:
    from .services.erasure import kept_of

    return kept_of(person)


def _ties(user: User | AnonymousUser, organisation: Organisation | None, limit: int) -> Iterable[Tie]:
    from .ties import dialogue_ties

    return dialogue_ties(user, organisation, limit)


def _of_organisation(user: User | AnonymousUser, organisation: Organisation) -> list[Session]:
    from .selectors.elsewhere import held_by

    return held_by(user, organisation)


def _news(project: Project, user: User | AnonymousUser, limit: int) -> Iterable[News]:
    from .selectors.elsewhere import news_of

    return news_of(project, user, limit)


def _uses(card: Evidence, user: User | AnonymousUser) -> Iterable[Use]:
    from .selectors.elsewhere import uses_of

    return uses_of(card, user)
