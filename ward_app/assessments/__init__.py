"""Assessments: instruments as packs, what was answered with them, and when they are due."""
