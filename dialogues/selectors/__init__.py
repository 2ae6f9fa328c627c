"""What the pages about sessions read."""
