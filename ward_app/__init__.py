"""The application: clinical rules, data, use cases. Imports no Qt."""
