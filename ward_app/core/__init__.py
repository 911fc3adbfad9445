"""Shared kernel: settings, errors, clock, ids, database. Imports no context."""
