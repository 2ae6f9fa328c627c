"""Challenges, co-designed projects, what they wrote down, and the evidence all of it rests on."""

from .challenges import Challenge, DataGap
from .comments import Comment
from .digest import DigestChoice
from .evidence import Evidence, EvidenceChange, EvidenceUse
from .history import (
    ActivityEvent,
    ChallengeEvent,
    CommentEvent,
    DataGapEvent,
    EvidenceEvent,
    HypothesisEvent,
    OutcomeEvent,
    ProjectEvent,
    ProjectMemberEvent,
    ProjectPartnerEvent,
    ReadingEvent,
    ResearchNoteEvent,
)
from .log import Attachment, LearningNote, LogEntry
from .money import GuidingQuestion, MoneyTrail, RouteStep, TrailAnswer
from .outcomes import Outcome, Substantiation
from .plans import Activity, ChangeHypothesis, Indicator, Reading
from .projects import Project, ProjectMember, ProjectPartner, StageChange, Visibility
from .research import NoteImage, NoteVersion, ResearchNote

__all__ = [
    "Activity",
    "ActivityEvent",
    "Attachment",
    "Challenge",
    "ChallengeEvent",
    "ChangeHypothesis",
    "Comment",
    "CommentEvent",
    "DataGap",
    "DataGapEvent",
    "DigestChoice",
    "Evidence",
    "EvidenceChange",
    "EvidenceEvent",
    "EvidenceUse",
    "GuidingQuestion",
    "HypothesisEvent",
    "Indicator",
    "LearningNote",
    "LogEntry",
    "MoneyTrail",
    "NoteImage",
    "NoteVersion",
    "Outcome",
    "OutcomeEvent",
    "Project",
    "ProjectEvent",
    "ProjectMember",
    "ProjectMemberEvent",
    "ProjectPartner",
    "ProjectPartnerEvent",
    "Reading",
    "ReadingEvent",
    "ResearchNote",
    "ResearchNoteEvent",
    "RouteStep",
    "StageChange",
    "Substantiation",
    "TrailAnswer",
    "Visibility",
]
