"""Staff: users, roles, workstations, sign-in."""
