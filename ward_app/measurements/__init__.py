"""Bedside measurements beside the vital signs: kinds declared as data."""
