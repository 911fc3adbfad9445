"""Handing patients over: situation, background, assessment, recommendation; given and accepted."""
