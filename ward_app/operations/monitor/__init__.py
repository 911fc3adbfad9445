"""What the server counts about itself: the report, its advice, what grows, and alerts."""
