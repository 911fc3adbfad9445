"""The simulated hospital."""
