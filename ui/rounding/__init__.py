"""Rounds: a bay answered key by key, and the tasks that are open."""
