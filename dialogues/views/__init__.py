"""Pages of the dialogues."""
