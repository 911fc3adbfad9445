"""Observation entry, chart and table."""
