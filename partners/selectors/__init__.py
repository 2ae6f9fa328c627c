"""What the pages about people and organisations read."""

from .directory import contacts_of, counted_directory, directory, mails_of, memberships_of, team_of
from .duplicates import Suggestion, duplicate_organisations, duplicate_people, window_of
from .network import Gap, Tie, add_ties, gaps, growth, relationships_of, ties, with_sectors
from .sections import add_section, sections_of

__all__ = [
    "Gap",
    "Suggestion",
    "Tie",
    "add_section",
    "add_ties",
    "contacts_of",
    "counted_directory",
    "directory",
    "duplicate_organisations",
    "duplicate_people",
    "gaps",
    "growth",
    "mails_of",
    "memberships_of",
    "relationships_of",
    "sections_of",
    "team_of",
    "ties",
    "window_of",
    "with_sectors",
]
