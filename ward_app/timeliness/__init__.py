"""How punctually observations were taken and escalations answered: the timeliness report."""
