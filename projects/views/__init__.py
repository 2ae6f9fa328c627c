"""Pages of projects, challenges, evidence and notes."""
