"""The shift lane: everything due on a ward on one time axis, joined into visits."""
