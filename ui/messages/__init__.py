"""Messages between staff: read, answered, written, counted at the rail."""
