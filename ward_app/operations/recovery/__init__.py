"""Going back: base backups, the kept log of changes, recovery to a moment, restores, drills."""
