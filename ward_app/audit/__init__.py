"""Audit: what was changed, what was read, who signed in."""
