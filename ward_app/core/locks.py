"""PostgreSQL's advisory locks that programs of the product take, each with a number of its own."""

from __future__ import annotations

from enum import IntEnum


class AdvisoryLock(IntEnum):
    """What nobody else may do meanwhile.

    The numbers say nothing, but programs of every version must use the same ones.
    """

    ROLES_AND_DATABASES = 7_319_001
    MIGRATION = 7_319_002
    RESTORE = 7_319_003
    REHEARSAL = 7_319_004
    DEMO_SEED = 7_319_010
