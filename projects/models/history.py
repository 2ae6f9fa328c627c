"""Who changed what: written by triggers of the database.

Log entries and learning notes are left out on purpose: the trail is read by staff, and they are the partners' own.
"""

from django.utils.translation import gettext_lazy as _

from partners.audit import history_of

from .challenges import Challenge, DataGap
from .comments import Comment
from .evidence import Evidence
from .outcomes import Outcome
from .plans import Activity, ChangeHypothesis, Reading
from .projects import Project, ProjectMember, ProjectPartner
from .research import ResearchNote


class ProjectEvent(history_of(Project)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a project")
        verbose_name_plural = _("changes of projects")


class ProjectPartnerEvent(history_of(ProjectPartner)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a partner of a project")
        verbose_name_plural = _("changes of partners of projects")


class ProjectMemberEvent(history_of(ProjectMember)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a member of a project")
        verbose_name_plural = _("changes of members of projects")


class ChallengeEvent(history_of(Challenge)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a challenge")
        verbose_name_plural = _("changes of challenges")


class DataGapEvent(history_of(DataGap)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a data gap")
        verbose_name_plural = _("changes of data gaps")


class EvidenceEvent(history_of(Evidence)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of evidence")
        verbose_name_plural = _("changes of evidence")


class ActivityEvent(history_of(Activity)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of an activity")
        verbose_name_plural = _("changes of activities")


class HypothesisEvent(history_of(ChangeHypothesis)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a hypothesis")
        verbose_name_plural = _("changes of hypotheses")


class ReadingEvent(history_of(Reading)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a reading")
        verbose_name_plural = _("changes of readings")


class OutcomeEvent(history_of(Outcome)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of an outcome")
        verbose_name_plural = _("changes of outcomes")


class ResearchNoteEvent(history_of(ResearchNote, exclude=["body"])):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a research note")
        verbose_name_plural = _("changes of research notes")


class CommentEvent(history_of(Comment)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a comment")
        verbose_name_plural = _("changes of comments")
