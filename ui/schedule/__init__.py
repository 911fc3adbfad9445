"""The worklist of what is due, and the sheets that decide on it."""
