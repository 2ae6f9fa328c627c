"""What people may write about a session. Nothing that is not named here is taken from a request."""

from .availability import AvailabilityForm
from .people import AnswerForm, ContactForm, DeputyForm, PublicRegistrationForm, WalkInForm
from .sessions import AboutForm, AgendaFormSet, CancelForm, NewSessionForm, SeriesForm, TeamForm, WhenForm

__all__ = [
    "AboutForm",
    "AgendaFormSet",
    "AnswerForm",
    "AvailabilityForm",
    "CancelForm",
    "ContactForm",
    "DeputyForm",
    "NewSessionForm",
    "PublicRegistrationForm",
    "SeriesForm",
    "TeamForm",
    "WalkInForm",
    "WhenForm",
]
