"""Breaking the glass, and the review of what was opened."""
