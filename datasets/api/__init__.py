"""/api/v1/: the published figures as JSON. The same selectors answer as for the pages."""
