"""Admissions, transfers, discharges and who lies in which bed."""
