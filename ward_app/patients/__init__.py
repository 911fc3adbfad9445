"""Patients: identity, registration, search, allergies and flags."""
