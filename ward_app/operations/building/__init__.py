"""The hospital as IT makes it: wards, rooms and beds, one by one or from a file."""
