"""Wards, rooms and beds: the building, readiness and availability."""
