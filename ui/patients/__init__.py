"""Patient search, registration, banner and flags."""
