"""The shift lane on screen."""
