"""Cannulas, catheters, drains and other devices in a patient, and the looks at their sites."""
