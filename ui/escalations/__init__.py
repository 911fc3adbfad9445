"""Alerts: who is called to which patient, what was answered, and the sound."""
