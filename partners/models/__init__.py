"""People and organisations of the network: who signs in, for whom, with which role; contacts, consent and mail."""

from .accounts import User, UserManager
from .history import MembershipEvent, OrganisationEvent, PersonEvent, RelationshipEvent, UserEvent
from .mail import OutboxMail, OutboxMailQuerySet, SignedLink
from .network import OrganisationStatus, Relationship, RelationshipQuerySet
from .organisations import Membership, MembershipQuerySet, Organisation, OrganisationQuerySet, Theme
from .people import Affiliation, Person, PersonQuerySet, Sector
from .privacy import ArcoRequest, ConsentRecord, Erasure, PrivacyNotice, TextDecision
from .records import ImportBatch, Merge, NotDuplicate, SensitiveExport

__all__ = [
    "Affiliation",
    "ArcoRequest",
    "ConsentRecord",
    "Erasure",
    "ImportBatch",
    "Membership",
    "MembershipEvent",
    "MembershipQuerySet",
    "Merge",
    "NotDuplicate",
    "Organisation",
    "OrganisationEvent",
    "OrganisationQuerySet",
    "OrganisationStatus",
    "OutboxMail",
    "OutboxMailQuerySet",
    "Person",
    "PersonEvent",
    "PersonQuerySet",
    "PrivacyNotice",
    "Relationship",
    "RelationshipEvent",
    "RelationshipQuerySet",
    "Sector",
    "SensitiveExport",
    "SignedLink",
    "TextDecision",
    "Theme",
    "User",
    "UserEvent",
    "UserManager",
]
