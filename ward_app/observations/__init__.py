"""Observations: vital signs, early-warning scores and their chart."""
