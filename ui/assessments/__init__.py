"""Assessments on screen: the choice of an instrument, its sheet, and the list of a patient."""
