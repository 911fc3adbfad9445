"""Data from and to other systems."""
