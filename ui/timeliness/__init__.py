"""The screen of the timeliness report."""
