"""Messages between staff: to a person or a role of a ward, about a patient or not, answered."""
