"""Handing patients over on screen and on a pocket sheet."""
