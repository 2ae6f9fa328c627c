"""Everything that changes projects, challenges and evidence. `by` is the person who acts (None: set-up)."""

from .challenges import STARTS as CHALLENGE_STARTS
from .challenges import drop_challenge, merge_challenge, move_challenge, save_challenge
from .comments import edit_comment, erase_comments_of, remove_comment, write_comment
from .digest import choose_digest, queue_digests, standing_of
from .evidence import attach_evidence, freeze_evidence, reconsider_evidence, save_evidence, show_evidence
from .gaps import answer_gap, publish_gap, request_gap, save_gap
from .images import add_image, remove_image
from .log import share_note, write_entry, write_note
from .money import add_step, answer_question, start_trail
from .outcomes import (
    PURPOSE as SUBSTANTIATION,
)
from .outcomes import (
    answer_substantiation,
    ask_substantiation,
    save_outcome,
    withdraw_outcome,
)
from .plans import (
    adjust_hypothesis,
    approve_reading,
    drop_hypothesis,
    move_activity,
    read_from_figure,
    return_reading,
    save_activity,
    save_hypothesis,
    save_indicator,
    send_reading,
)
from .projects import (
    accept_partnership,
    add_member,
    change_stage,
    create_project,
    end_member,
    invite_partner,
    save_project,
    withdraw_partner,
)
from .research import publish_note, return_note, save_research_note, send_for_review, withdraw_note

__all__ = [
    "CHALLENGE_STARTS",
    "SUBSTANTIATION",
    "accept_partnership",
    "add_image",
    "add_member",
    "add_step",
    "adjust_hypothesis",
    "answer_gap",
    "answer_question",
    "answer_substantiation",
    "approve_reading",
    "ask_substantiation",
    "attach_evidence",
    "change_stage",
    "choose_digest",
    "create_project",
    "drop_challenge",
    "drop_hypothesis",
    "edit_comment",
    "end_member",
    "erase_comments_of",
    "freeze_evidence",
    "invite_partner",
    "merge_challenge",
    "move_activity",
    "move_challenge",
    "publish_gap",
    "publish_note",
    "queue_digests",
    "read_from_figure",
    "reconsider_evidence",
    "remove_comment",
    "remove_image",
    "request_gap",
    "return_note",
    "return_reading",
    "save_activity",
    "save_challenge",
    "save_evidence",
    "save_gap",
    "save_hypothesis",
    "save_indicator",
    "save_outcome",
    "save_project",
    "save_research_note",
    "send_for_review",
    "send_reading",
    "share_note",
    "show_evidence",
    "standing_of",
    "start_trail",
    "withdraw_note",
    "withdraw_outcome",
    "withdraw_partner",
    "write_comment",
    "write_entry",
    "write_note",
]
