"""What observations are due when, and why: plans, deferrals, the overdue list."""
