"""Devices in patients on screen: the register of a ward or a patient, and its sheets."""
