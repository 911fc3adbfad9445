"""Controls with no clinical meaning."""
