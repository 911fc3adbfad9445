"""Observations: entry of a set, its chart, its table, its print."""
