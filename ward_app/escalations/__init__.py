"""Escalations: who is told of a patient who gets worse, by when, and what came of it."""
