"""Sign-in and lock."""
