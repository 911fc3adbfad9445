"""Rounds: checklists of a patient or a ward, what was answered, and when the next is due."""
