"""The simulated hospital: invented wards, staff, patients and charts, anchored to the present."""
