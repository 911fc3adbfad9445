"""Shifts: who is allocated to which bed, who holds it, who is on duty."""
