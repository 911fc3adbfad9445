"""Waiting for a state of servers: long, since a busy machine is no failure."""

from __future__ import annotations

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from tests.patience import PATIENCE_S


def until(condition) -> None:
    """Return as soon as `condition()` is true."""
    Retrying(
        retry=retry_if_result(lambda found: not found),
        stop=stop_after_delay(PATIENCE_S),
        wait=wait_fixed(0.01),
    )(condition)
