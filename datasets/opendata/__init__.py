"""Everything that is published, as files to take away: nightly, with checksums."""
