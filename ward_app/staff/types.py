"""Words of staff: who is signed in, with which permissions, from which wards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ward_app.core.errors import WardError
from ward_app.rooms.types import Ward


class Permission(StrEnum):
    """What a role may do. The database checks each; the interface only greys out."""

    BOARD_VIEW = "board.view"
    PATIENT_VIEW = "patient.view"
    CHART_OPEN = "chart.open"
    CHART_BREAK_GLASS = "chart.break_glass"
    PATIENT_SEARCH = "patient.search"
    PATIENT_REGISTER = "patient.register"
    PATIENT_FLAG = "patient.flag"
    PATIENT_DETAILS = "patient.details"
    PATIENT_PRIVACY = "patient.privacy"
    PATIENT_PREGNANCY = "patient.pregnancy"
    ADMISSION_ADMIT = "admission.admit"
    ADMISSION_TRANSFER = "admission.transfer"
    ADMISSION_DISCHARGE = "admission.discharge"
    ADMISSION_CANCEL = "admission.cancel"
    ADMISSION_SHARE = "admission.share"
    ADMISSION_LEAVE = "admission.leave"
    OBSERVATION_RECORD = "observation.record"
    OBSERVATION_CORRECT = "observation.correct"
    OBSERVATION_SCALE = "observation.scale"
    OBSERVATION_TARGET = "observation.target"
    OBSERVATION_PACK = "observation.pack"
    OBSERVATION_STRIKE_GROUP = "observation.strike_group"
    OBSERVATION_DEFER = "observation.defer"
    OBSERVATION_PLAN = "observation.plan"
    OBSERVATION_PLAN_LONGER = "observation.plan_longer"
    ROUND_RECORD = "round.record"
    ROUND_CORRECT = "round.correct"
    ROUND_EDIT = "round.edit"
    DEVICE_CHECK = "device.check"
    DEVICE_RECORD = "device.record"
    NOTE_READ = "note.read"
    NOTE_WRITE = "note.write"
    NOTE_CORRECT = "note.correct"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_RECORD = "assessment.record"
    ASSESSMENT_CORRECT = "assessment.correct"
    MESSAGE_READ = "message.read"
    MESSAGE_SEND = "message.send"
    HANDOVER_READ = "handover.read"
    HANDOVER_GIVE = "handover.give"
    HANDOVER_ACCEPT = "handover.accept"
    SHIFT_ALLOCATE = "shift.allocate"
    SHIFT_TAKE = "shift.take"
    SHIFT_EDIT = "shift.edit"
    DUTY_SIGN = "duty.sign"
    BED_STATE = "bed.state"
    ESCALATION_RAISE = "escalation.raise"
    ESCALATION_ANSWER = "escalation.answer"
    ESCALATION_DECLINE = "escalation.decline"
    ESCALATION_ACCEPT = "escalation.accept"
    STAFF_MANAGE = "staff.manage"
    STAFF_ASSIST = "staff.assist"
    ACCESS_REVIEW = "access.review"
    AUDIT_READ = "audit.read"
    SYSTEM_OPERATE = "system.operate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A signed-in person on this workstation. The token is a secret: never shown or logged.

    Attributes:
        wards: wards the person is assigned to, in name order; may be empty (IT).
        last_signed_in_at: the sign-in before this one, None for the first.
        last_workstation: where that was, None when it is not known.
        failures_since: tries to sign in as this person that failed since.
        idle_lock_minutes: after so many minutes without input the screen is hidden.
        signed_in_at: by the server's clock; None = not known here.
        offline_key: proves what this person charts while the database is away; a secret.
    """

    token: str = field(repr=False)
    session_id: UUID
    user_id: UUID
    login: str
    display_name: str
    role_names: tuple[str, ...]
    permissions: frozenset[str]
    facility_id: UUID
    facility_name: str
    environment: str
    wards: tuple[Ward, ...]
    last_signed_in_at: datetime | None
    idle_lock_minutes: int
    last_workstation: str | None = None
    failures_since: int = 0
    signed_in_at: datetime | None = None
    offline_key: bytes = field(default=b"", repr=False)

    def may(self, permission: Permission) -> bool:
        """Whether the person holds the permission (a courtesy; the database decides)."""
        return permission.value in self.permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """Whose password is to be changed. The token is a secret: never shown or logged.

    Attributes:
        is_one_time: the old one was given to the person, to be used once.
        is_asked: the person asked for it, and may leave it.
    """

    token: str = field(repr=False)
    login: str
    display_name: str
    is_one_time: bool = False
    is_asked: bool = False


class WrongPasswordError(WardError):
    """User name or password are not right; which of the two is never said."""

    is_recorded = True


class AccountLockedError(WardError):
    """Too many wrong passwords; `until` says when the next try is possible."""

    is_recorded = True

    def __init__(self, message: str, *, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class WrongOldPasswordError(WardError):
    """The old password is not right; the try was counted."""

    is_recorded = True


class WeakPasswordError(WardError):
    """The new password cannot be used; the text says why."""


class MustChangePasswordError(WardError):
    """The password was right, and is good for choosing a new one alone.

    Attributes:
        change: what the card that asks for the new one needs.
    """

    is_recorded = True

    def __init__(self, message: str, change: PasswordChange) -> None:
        super().__init__(message)
        self.change = change


class WorkstationRefusedError(WardError):
    """The server does not accept this workstation (revoked, or not enrolled)."""
