"""Screens and pages for when the server is away, and for when it is back."""
