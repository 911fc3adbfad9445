"""The audit trail on screen: who saw whom, who did what; for auditors alone."""
