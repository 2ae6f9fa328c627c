"""What people may write, field by field. Nothing that is not named here is taken from a request."""
