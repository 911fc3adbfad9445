"""Bed picker and the state of beds."""
