"""`./dev demo`: the program on a simulated hospital, and its tour."""

from __future__ import annotations

import time

STARTED_S = time.monotonic()
"""Reading of the monotonic clock when the command began, before anything large is imported."""
