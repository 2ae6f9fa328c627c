"""Minutes: built from what was captured, edited by several people, reviewed by those who came, published for good."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues import minutes_text as write
from dialogues.models import (
    Commitment,
    Contribution,
    MinutesComment,
    MinutesRevision,
    ParticipationCount,
    Session,
    VoteRound,
)
from dialogues.selectors import votes
from dialogues.selectors.room import agenda_clock, attended, named_in, open_balance
from gesoc.common.dates import day
from partners.audit import acting
from partners.models import Sector, SignedLink, User
from partners.services import MailLink, mark_link_used, queue_mail

State = MinutesRevision.State
REVIEW = datetime.timedelta(days=5)


class Conflict(ValidationError):
    """Somebody else saved in the meantime; `current` is what they saved."""

    def __init__(self, current: MinutesRevision) -> None:
        super().__init__(gettext_lazy("Somebody saved the minutes while you were writing."))
        self.current = current


class NamesSomebody(ValidationError):
    """Under the Chatham House rule the text names who was there; people decide whether that is so."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            gettext_lazy("The Chatham House rule holds here, and the text names: %(names)s"),
            params={"names": ", ".join(names)},
        )
        self.names = names


def build_minutes(session: Session) -> str:
    """The first draft: who came, agenda with what was said, results of votes, decisions, commitments. No speaker."""
    return write.join([_who_came(session), *_by_item(session), *_voted(session), _decided(session), _agreed(session)])


def _who_came(session: Session) -> list[str]:
    """As it will be public: no group of fewer than five, and the groups are all who came."""
    found = open_balance(session)
    if not found:
        return [write.heading(_("Who came")), _("Fewer than five people.")] if attended(session).exists() else []
    labels, others = dict(Sector.choices), _("Others")
    sectors = [f"{labels.get(name, others)}: {n}" for name, n in found]
    count = sum(number for _sector, number in found)
    return [write.heading(_("Who came")), _("%(count)s people.") % {"count": count}, *map(write.item, sectors)]


def _by_item(session: Session) -> list[list[str]]:
    notes = list(session.contributions.order_by("created_at", "pk"))
    sections = []
    for slot in agenda_clock(session, timezone.now()):
        said = [note for note in notes if note.item_id == slot.item.pk]
        if said or slot.item.question:
            sections.append([write.heading(slot.item.title), *_said(said, slot.item.question)])
    loose = [note for note in notes if note.item_id is None]
    return [*sections, *([[write.heading(_("What was said")), *_said(loose)]] if loose else [])]


def _said(notes: list[Contribution], question: str = "") -> list[str]:
    lines = [" ".join(question.split()), ""] if question else []
    for kind in Contribution.Kind:
        of_kind = [note for note in notes if note.kind == kind]
        lines += map(_line_of, of_kind)
    return lines


def _line_of(note: Contribution) -> str:
    return write.item(f"{note.get_kind_display()}: {note.text}")


def late_notes(session: Session) -> list[Contribution]:
    """Written without a connection, say, and arrived after the newest edition: in no text, until people take them up."""
    edition, current = published(session), latest(session)
    if edition is None or current is None:
        return []
    found = session.contributions.filter(created_at__gt=edition.created_at).order_by("created_at", "pk")
    lines = current.body.splitlines()
    return [note for note in found if not _stands_in(lines, note)]


def _stands_in(lines: list[str], note: Contribution) -> bool:
    """Whatever the language in which its kind was written, and wherever people moved it."""
    said = ": " + " ".join(note.text.split())
    return any(line.rstrip().endswith(said) for line in lines)


def add_annex(*, session: Session, base: int, by: User) -> MinutesRevision:
    """A draft with what arrived late at its end. What is published stays: people read it, and publish a correction."""
    with acting(by, "add_annex"):
        late = late_notes(session)
        if not late:
            raise ValidationError(_("No note has arrived since the minutes were published."))
        annex = [write.heading(_("Annex: notes that arrived later")), *map(_line_of, late)]
        return save_minutes(
            session=session, body=write.join([[_demand(session).body.rstrip()], annex]), base=base, by=by
        )


def _voted(session: Session) -> list[list[str]]:
    sections = []
    for round in session.rounds.filter(state__in=VoteRound.COUNTED):
        found = votes.outcome(round)
        turnout = _("%(voted)s of %(roll)s people voted.") % {"voted": found.voted, "roll": found.on_roll}
        lines = [write.heading(round.question), turnout]
        lines += [
            write.item(
                _("%(place)s. %(option)s: %(points)s")
                % {"place": row.standing.place, "option": row.option.text, "points": row.standing.points}
            )
            for row in found.places
        ]
        sections.append(lines)
    return sections


def _decided(session: Session) -> list[str]:
    found = list(session.decisions.all())
    lines = [write.item(_("%(text)s Why: %(reasons)s") % {"text": d.text, "reasons": d.reasons}) for d in found]
    return [write.heading(_("What was decided")), *lines] if lines else []


def _agreed(session: Session) -> list[str]:
    found = session.commitments.exclude(state=Commitment.State.CANCELLED).select_related("responsible")
    lines = [
        write.item(
            _("%(text)s. Responsible: %(who)s. Due: %(date)s.")
            % {"text": c.text.rstrip("."), "who": c.responsible or "–", "date": day(c.due_on) or "–"}
        )
        for c in found.order_by("pk")
    ]
    return [write.heading(_("Commitments")), *lines] if lines else []


# -- saving ------------------------------------------------------------------------------------------------------------


def latest(session: Session) -> MinutesRevision | None:
    return MinutesRevision.objects.filter(session=session).order_by("-number").first()


def published(session: Session) -> MinutesRevision | None:
    return MinutesRevision.objects.filter(session=session, state=State.PUBLISHED).order_by("-number").first()


def save_minutes(*, session: Session, body: str, base: int, by: User) -> MinutesRevision:
    """Another revision after number `base`. Whoever wrote from an older one is shown both texts instead."""
    return _append(session, base, by, "save_minutes", body=body, state=State.DRAFT)


def send_to_review(*, session: Session, base: int, by: User) -> MinutesRevision:
    """Those who came get a link and five days to comment."""
    with acting(by, "send_to_review"):
        current = _demand(session)
        _demand_no_names(session, current.body)
        until = timezone.now() + REVIEW
        revision = _append(
            session, base, by, "send_to_review", body=current.body, state=State.REVIEW, review_until=until
        )
        _tell_attended(session, revision, "minutes_review", until, by)
        return revision


def comment_minutes(*, link: SignedLink, revision: MinutesRevision, text: str) -> MinutesComment:
    with acting(None, "comment_minutes"):
        if revision.state != State.REVIEW or revision.review_until is None or revision.review_until < timezone.now():
            raise ValidationError(_("The time for comments is over."))
        if link.person is None or not attended(revision.session).filter(person=link.person).exists():
            raise ValidationError(_("Those who took part can comment."))
        comment = MinutesComment(revision=revision, person=link.person, text=text.strip())
        comment.full_clean()
        comment.save()
        mark_link_used(link=link)
        return comment


def publish_minutes(
    *,
    session: Session,
    base: int,
    by: User,
    change_note: str = "",
    body: str | None = None,
    names_checked: bool = False,
) -> MinutesRevision:
    """Make the newest text public, for good. After the first time every edition is an erratum that says what changed."""
    with acting(by, "publish_minutes"):
        current = _demand(session)
        if session.state not in (Session.State.HELD, Session.State.CLOSED):
            raise ValidationError(_("Minutes are published once the dialogue was held."))
        if session.confidentiality == Session.Confidentiality.RESERVED:
            raise ValidationError(_("This dialogue is reserved: its minutes stay among those who took part."))
        text = current.body if body is None else body
        if not names_checked:
            _demand_no_names(session, text)
        edition = (session.minutes.aggregate(last=Max("edition"))["last"] or 0) + 1
        if edition > 1 and not change_note.strip():
            raise ValidationError(_("Say what was corrected: it stands below the minutes."))
        revision = _append(
            session,
            base,
            by,
            "publish_minutes",
            body=text,
            state=State.PUBLISHED,
            edition=edition,
            change_note=change_note.strip(),
        )
        _count_once(session)
        session.rounds.filter(state=VoteRound.State.CLOSED).update(state=VoteRound.State.PUBLISHED)
        _tell_attended(session, revision, "minutes_published", None, by)
        return revision


def _count_once(session: Session) -> None:
    """For open data: whoever is added or taken off later does not move what was published."""
    if not ParticipationCount.objects.filter(session=session).exists():
        ParticipationCount.objects.create(session=session, sectors=open_balance(session))


def count_missing() -> int:
    """Those whose minutes were published before there was such a count."""
    found = Session.objects.filter(minutes__state=State.PUBLISHED, participation__isnull=True).distinct()
    for session in found:
        with acting(None, "count_missing"):
            _count_once(session)
    return len(found)


def close_session(*, session: Session, by: User, without_commitments: bool = False) -> Session:
    """Everything is public and everybody knows what they promised."""
    with acting(by, "close_session"):
        current = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if current.state != Session.State.HELD:
            raise ValidationError(_("Only a dialogue that was held can be closed."))
        if published(current) is None and current.confidentiality != Session.Confidentiality.RESERVED:
            raise ValidationError(_("Publish its minutes first."))
        accepted = current.commitments.exclude(state__in=(Commitment.State.PROPOSED, Commitment.State.CANCELLED))
        if not accepted.exists() and not without_commitments:
            raise ValidationError(_("Write down its commitments, or say that there were none."))
        current.state = Session.State.CLOSED
        current.save(update_fields=["state"])
        return current


def _demand(session: Session) -> MinutesRevision:
    current = latest(session)
    if current is None or not current.body.strip():
        raise ValidationError(_("There is no text yet."))
    return current


def _demand_no_names(session: Session, body: str) -> None:
    if session.keeps_rule or session.agenda.filter(chatham=True).exists():
        names = named_in(session, body)
        if names:
            raise NamesSomebody(names)


def _append(session: Session, base: int, by: User, action: str, **fields: object) -> MinutesRevision:
    current = latest(session)
    if (current.number if current else 0) != base:
        assert current is not None
        raise Conflict(current)
    try:
        with acting(by, action), transaction.atomic():
            revision = MinutesRevision(session=session, number=base + 1, author=by, **fields)
            revision.full_clean(validate_constraints=False)
            revision.save()
            return revision
    except IntegrityError as error:
        newest = latest(session)
        if newest is None or newest.number <= base:
            raise
        raise Conflict(newest) from error


def _tell_attended(
    session: Session, revision: MinutesRevision, kind: str, until: datetime.datetime | None, by: User
) -> None:
    for registration in attended(session).select_related("person"):
        if not registration.person.email:
            continue
        links = {}
        if until is not None:
            subject = str(session.key)
            links["comment"] = MailLink("dialogues:comment_minutes", "minutes", subject, until)
        queue_mail(
            kind=kind,
            template=kind,
            context={"session": session, "revision": revision, "until": until},
            key=f"{kind}:{session.key}:{revision.number}:{registration.person.key}",
            person=registration.person,
            about=f"dialogues.session:{session.key}",
            links=links,
            reply_to=session.host_organisation.public_email,
            sender_name=session.host_organisation.name,
            by=by,
        )
