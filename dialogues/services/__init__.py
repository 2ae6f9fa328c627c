"""Everything that changes sessions and the people in them. `by` is the person who acts (None: no person does)."""

from dialogues.ical import may_connect

from .calendars import close_calendar, find_calendar, open_calendar
from .guests import admit, register_publicly
from .invitations import (
    answer_invitation,
    choose_invitees,
    drop_invitee,
    invite,
    invite_contact,
    known_person,
    name_deputy,
    revoke_invitation,
    send_invitations,
)
from .moves import affected, change_session, tell_changes
from .planning import add_to_team, announce_session, propose_session, update_session
from .registrations import (
    add_walk_in,
    cancel_registration,
    confirm_registration,
    merge_registrations,
    offer_places,
    register,
    set_capacity,
)
from .roles import answer_role, assign_role, free_again, mark_unavailable, withdraw_role
from .series import create_series, update_series
from .sessions import (
    Item,
    copy_session,
    create_session,
    items_of,
    keep_promises,
    set_agenda,
    set_targets,
)
from .states import (
    cancel_session,
    hold_session,
    mark_convened,
    missing_to_schedule,
    schedule_session,
    start_session,
)
from .tables import set_tables

__all__ = [
    "Item",
    "add_to_team",
    "add_walk_in",
    "admit",
    "affected",
    "announce_session",
    "answer_invitation",
    "answer_role",
    "assign_role",
    "cancel_registration",
    "cancel_session",
    "change_session",
    "choose_invitees",
    "close_calendar",
    "confirm_registration",
    "copy_session",
    "create_series",
    "create_session",
    "drop_invitee",
    "find_calendar",
    "free_again",
    "hold_session",
    "invite",
    "invite_contact",
    "items_of",
    "keep_promises",
    "known_person",
    "mark_convened",
    "mark_unavailable",
    "may_connect",
    "merge_registrations",
    "missing_to_schedule",
    "name_deputy",
    "offer_places",
    "open_calendar",
    "propose_session",
    "register",
    "register_publicly",
    "revoke_invitation",
    "schedule_session",
    "send_invitations",
    "set_agenda",
    "set_capacity",
    "set_tables",
    "set_targets",
    "start_session",
    "tell_changes",
    "update_series",
    "update_session",
    "withdraw_role",
]
