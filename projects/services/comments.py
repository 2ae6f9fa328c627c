"""Comments: written, corrected while they are fresh, taken away with a mark; told to those who follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.audit import acting, given
from partners.models import User
from partners.services import blot, person_of, queue_mail, site_url
from projects.models import Comment, CommentEvent
from projects.models.comments import places
from projects.threads import address_of, called, found_at, may_comment, may_moderate, place_of

from .moves import locked, saved

if TYPE_CHECKING:
    from partners.models import Person

TOLD = 20  # people a comment tells at most


def write_comment(*, target: Any, text: str, by: User, network_only: bool = False) -> Comment:
    """Beside something one sees. Those who wrote there before and whoever made it are told, once a day each."""
    if not may_comment(by, target):
        raise ValidationError(_("Nobody comments here any more."))
    with acting(by, "write_comment"):
        comment = _beside(target, Comment(text=text.strip(), by=by, network_only=network_only))
        _tell(comment, target)
        return comment


def _beside(target: Any, comment: Comment) -> Comment:
    word, field, _name = place_of(target)
    place = places().get(word)
    if place is None:
        setattr(comment, field, target)
        return saved(comment)
    comment.elsewhere = word
    saved(comment)
    place.link._default_manager.create(comment=comment, **{place.field: target})
    return comment


def edit_comment(*, comment: Comment, text: str, by: User) -> Comment:
    with acting(by, "edit_comment"):
        current = locked(comment)
        if current.by_id != by.pk or not current.is_fresh:
            raise ValidationError(_("A comment is corrected by whoever wrote it, within fifteen minutes."))
        current.text, current.edited_at = text.strip(), timezone.now()
        return saved(current)


def remove_comment(*, comment: Comment, by: User, reason: str = "") -> Comment:
    """By whoever wrote it, or with a reason by whoever is responsible for the place. Its words stay in the audit trail."""
    with acting(by, "remove_comment", reason=reason):
        current = locked(comment)
        if current.removed_at is not None:
            return current
        if current.by_id != by.pk:
            if not may_moderate(by, current.target):
                raise ValidationError(_("You cannot take this comment away."))
            current.removal_reason = given(reason)[:300]
        current.text, current.removed_at = "", timezone.now()
        return saved(current)


def _tell(comment: Comment, target: Any) -> None:
    """No word of it stands in the mail: who may read it is asked when the page is opened."""
    word, field, name = place_of(target)
    wrote = Comment.objects.filter(**{field: target}, removed_at=None).order_by("-pk").values_list("by", flat=True)
    maker = getattr(target, "created_by_id", None) or getattr(target, "by_id", None)
    numbers = list(dict.fromkeys([maker, *wrote[: TOLD * 5]]))
    people = User.objects.filter(pk__in=[n for n in numbers if n], is_active=True).exclude(pk=comment.by_id)
    today = timezone.localdate()
    for user in people.order_by("pk")[:TOLD]:
        if found_at(word, name, user) is None or not _reads(user, comment):
            continue
        queue_mail(
            kind="comment",
            template="comment",
            context={"comment": comment, "place": called(target), "url": site_url(address_of(target))},
            key=f"comment:{word}:{target.pk}:{user.pk}:{today}",
            by=comment.by,
            person=person_of(user=user),
            about=f"{target._meta.label_lower}:{name}",
            voluntary=True,
        )


def _reads(user: User, comment: Comment) -> bool:
    return Comment.objects.filter(pk=comment.pk).read_by(user).exists()


def erase_comments_of(person: Person) -> int:
    """What they wrote loses its words, here and in its history; where others wrote their name or address it is blotted."""
    count = 0
    if person.user_id:
        theirs = Comment.objects.filter(by=person.user_id)
        numbers = list(theirs.values_list("pk", flat=True))
        CommentEvent.objects.filter(pgh_obj_id__in=numbers).update(text="")
        count = theirs.filter(removed_at=None).update(text="", removed_at=timezone.now())
        CommentEvent.objects.filter(pgh_obj_id__in=numbers).update(text="")
    count += blot(Comment.objects.all(), "text", person)
    blot(CommentEvent.objects.all(), "text", person)
    return count
