"""Nursing notes: written from templates, signed, added to, corrected, looked up by words."""
