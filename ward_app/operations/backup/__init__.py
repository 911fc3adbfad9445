"""Backups of the ward database: made, kept, checked and copied to a second place."""
