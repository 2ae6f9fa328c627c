"""Sessions, the people in them, and what hangs on their hour."""

from .calendar import CalendarToken, ChangeNotice, Reminder, ReminderQuerySet
from .commitments import (
    Commitment,
    CommitmentComment,
    CommitmentEvidence,
    CommitmentFigure,
    CommitmentQuerySet,
    CommitmentUpdate,
    CommitmentVerification,
    SeenProof,
)
from .history import CommitmentEvent, RegistrationEvent, SessionEvent, SessionRoleEvent
from .minutes import MinutesComment, MinutesPdf, MinutesRevision
from .participation import ParticipationCount
from .people import (
    Attendance,
    Availability,
    Invitation,
    InvitationQuerySet,
    Registration,
    RegistrationQuerySet,
    SessionRole,
    SessionRoleQuerySet,
)
from .room import Contribution, SessionEvidence
from .sessions import AgendaItem, SectorTarget, Series, SeriesQuerySet, Session, SessionQuerySet
from .sheets import SheetPhoto
from .tables import Seat, SeatQuerySet, Table
from .votes import Ballot, Decision, OpenVote, PaperCount, VoteOption, VoteRound, VoterRoll

__all__ = [
    "AgendaItem",
    "Attendance",
    "Availability",
    "Ballot",
    "CalendarToken",
    "ChangeNotice",
    "Commitment",
    "CommitmentComment",
    "CommitmentEvent",
    "CommitmentEvidence",
    "CommitmentFigure",
    "CommitmentQuerySet",
    "CommitmentUpdate",
    "CommitmentVerification",
    "Contribution",
    "Decision",
    "Invitation",
    "InvitationQuerySet",
    "MinutesComment",
    "MinutesPdf",
    "MinutesRevision",
    "OpenVote",
    "PaperCount",
    "ParticipationCount",
    "Registration",
    "RegistrationEvent",
    "RegistrationQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "Seat",
    "SeatQuerySet",
    "SectorTarget",
    "SeenProof",
    "Series",
    "SeriesQuerySet",
    "Session",
    "SessionEvent",
    "SessionEvidence",
    "SessionQuerySet",
    "SessionRole",
    "SessionRoleEvent",
    "SessionRoleQuerySet",
    "SheetPhoto",
    "Table",
    "VoteOption",
    "VoteRound",
    "VoterRoll",
]
