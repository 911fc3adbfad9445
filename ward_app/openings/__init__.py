"""Charts opened with a reason: who, whom, why, and what became of the review."""
