"""The real program while its server is killed and started again."""
