"""The steps of the tour, each a function that walks, checks and takes pictures."""
