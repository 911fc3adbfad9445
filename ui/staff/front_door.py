"""The way in: connect, verify a password, read the wards. Runs on a worker thread, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ward_app.core.database import Actor, Database
from ward_app.core.environment import Environment
from ward_app.core.errors import (
    NOTHING_SAVED,
    ConfigurationError,
    DatabaseUnavailableError,
    WardError,
)
from ward_app.core.listen import Listener
from ward_app.core.reference_data import ReferenceData
from ward_app.core.settings import DatabaseSettings
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.core.station_keys import StationKeys
from ward_app.core.tuning import Tuning
from ward_app.rooms.queries import wards
from ward_app.rooms.types import Ward
from ward_app.staff.service import change_password, check_server, sign_in, sign_out
from ward_app.staff.types import PasswordChange, SignedIn

if TYPE_CHECKING:
    from ward_app.downtime.ladder import Ladder
    from ward_app.downtime.people import OfflinePerson
    from ward_app.downtime.station import Station


@dataclass(frozen=True, slots=True)
class Access:
    """Where the ward database is, and the workstation's own credential for it.

    Attributes:
        tuning: how the database is worked with; None = as usual.
        figures_dir: where the program's figures are kept for IT; None = nowhere.
        password: None where the server knows the workstation by other means.
        private_key: of the workstation, which opens its data keys; None = it has none.
        engine: what encrypts protected details.
        next_password: tried where the server refuses the other: it was just changed.
        promote: told when the server took `next_password`.
        station: what is kept here for a downtime; None = nothing can be.
    """

    settings: DatabaseSettings
    password: str | None = field(repr=False)
    private_key: str | None = field(default=None, repr=False)
    engine: EncryptionEngine = EncryptionEngine.AES_GCM
    tuning: Tuning | None = None
    figures_dir: Path | None = None
    next_password: str | None = field(default=None, repr=False)
    promote: Callable[[], None] | None = None
    station: Station | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A person who came in.

    Attributes:
        listener: hears what other workstations change; to be run by whoever shows it.
        wards: every ward of the facility, in name order.
        keys: of protected details, asked for when they are first needed.
        ladder: what answers while the server is away; None = nothing does.
        is_offline: they came in without the server, which knows nothing of it.
        reference: what they read of reference data.
        keep: lets them come in so another time; takes a second, so not before they see their
            ward. None = nothing is to be kept.
    """

    database: Database
    listener: Listener
    signed_in: SignedIn
    wards: tuple[Ward, ...]
    keys: StationKeys = field(default_factory=StationKeys)
    ladder: Ladder | None = None
    is_offline: bool = False
    reference: ReferenceData = field(default_factory=ReferenceData)
    keep: Callable[[], None] | None = field(default=None, repr=False)

    @property
    def actor(self) -> Actor:
        """The proof of the session, and what the person may do."""
        return Actor(self.signed_in.token, self.signed_in.permissions, self.reference)


class FrontDoor:
    """One database, entered by many people one after the other.

    Args:
        environment: what this workstation is for, "" where nobody said; a copy of production's
            database that still says so is told as that.
    """

    def __init__(self, access: Callable[[], Access], environment: str = "") -> None:
        self._find_access = access
        self._environment = environment
        self._access: Access | None = None
        self._database: Database | None = None
        self._ladder: Ladder | None = None
        self._unproved: Database | None = None

    def open(self) -> Database:
        """Return the database; settings and credential are read, and it is tried, on first use.

        Raises:
            WardError: settings or credential are missing or wrong, the server cannot be reached,
                does not accept this workstation, or has another schema.
        """
        if self._database is None:
            access = self._access = self._find_access()
            self._make_ladder(access)
            try:
                self._database = _connected(access)
            except DatabaseUnavailableError as error:
                way = "" if self._ladder is None else f" {_WITHOUT}"
                raise DatabaseUnavailableError(f"{_at_the_door(error)}{way}") from error
            except ConfigurationError:
                if access.next_password is None:
                    raise
                access = replace(access, password=access.next_password)
                self._database = _connected(access)
                if access.promote is not None:
                    access.promote()
            self._access = access
        return self._database

    def enter(self, login: str, password: str) -> Entry:
        """Sign in and return what the screens need to begin.

        Raises:
            WardError: whatever keeps the person out, in words.
        """
        try:
            entry = self._entry(self.open().run(None, sign_in, login, password))
        except DatabaseUnavailableError as error:
            if self._ladder is None:
                raise DatabaseUnavailableError(_at_the_door(error)) from error
            return self._enter_offline(self._ladder, login, password)
        if self._ladder is None:
            return entry
        if self._ladder.is_lost:
            self._ladder.come_back()
        keep = partial(self._ladder.passes.keep, _known(entry), password)
        return replace(entry, keep=keep)

    def enter_by_badge(self, badge: str, pin: str) -> Entry:
        """Sign in by badge and PIN and return what the screens need to begin.

        Raises:
            WardError: whatever keeps the person out, in words.
        """
        from ward_app.staff.badge_service import sign_in_with_badge  # noqa: PLC0415 - with a badge

        return self._entry(self.open().run(None, sign_in_with_badge, badge, pin))

    def change_password(self, change: PasswordChange, old: str, new: str) -> None:
        """Change the password of who is signed in.

        Raises:
            WardError: why the password stays as it is, in words.
        """
        self.open().run(None, change_password, change.token, old, new)

    def enter_anew(self, change: PasswordChange, old: str, new: str) -> Entry:
        """Change a password that had to be changed, and sign in with the new one.

        Raises:
            WardError: why the password stays as it is, or what keeps the person out.
        """
        self.change_password(change, old, new)
        return self.enter(change.login, new)

    def leave(self, actor: Actor) -> None:
        """Sign out; a session that has ended, or a server out of reach, is left to expire."""
        if not actor.token or (self._ladder is not None and self._ladder.is_lost):
            return
        try:
            self.open().run(actor, sign_out)
        except WardError:
            return

    def close(self) -> None:
        """Close the connections."""
        for database in (self._database, self._unproved):
            if database is not None:
                database.close()
        self._database = self._unproved = None

    def _keys(self) -> StationKeys:
        assert self._access is not None  # noqa: S101 - `open` has read it
        access = self._access
        return StationKeys(access.settings.user, access.private_key, access.engine)

    def _entry(self, signed_in: SignedIn) -> Entry:
        database = self.open()
        everywhere = database.run(Actor(signed_in.token), wards)
        return Entry(
            database=database,
            listener=self._listener(),
            signed_in=self._told(signed_in),
            wards=everywhere,
            keys=self._keys(),
            ladder=self._ladder,
        )

    def _told(self, signed_in: SignedIn) -> SignedIn:
        """Return who signed in, in what this workstation is for: pages and walls say so too."""
        says_real = signed_in.environment == Environment.PRODUCTION
        named = self._environment if says_real and self._environment else signed_in.environment
        return replace(signed_in, environment=named)

    def _enter_offline(self, ladder: Ladder, login: str, password: str) -> Entry:
        """Return who comes in by what was kept of their last sign-in here."""
        assert self._access is not None  # noqa: S101 - who has a ladder has read it
        person = ladder.passes.enter(login, password, datetime.now(UTC))
        ladder.lose()
        if self._database is None and self._unproved is None:
            self._unproved = Database.connect(self._access.settings, self._access.password)
        return Entry(
            database=self._database or self._unproved or self.open(),
            listener=self._listener(),
            signed_in=person.signed_in,
            wards=person.wards,
            keys=self._keys(),
            ladder=ladder,
            is_offline=True,
        )

    def _make_ladder(self, access: Access) -> None:
        """Make what answers while the server is away, once, where the station keeps anything."""
        if self._ladder is not None or access.station is None:
            return
        # all of it now: imported when the server is lost, it would hold up whoever works then
        from ui.downtime.answers import FURTHER  # noqa: PLC0415 - the driver comes with it
        from ward_app.downtime import charting, service  # noqa: F401, PLC0415 - the same
        from ward_app.downtime.ladder import Ladder  # noqa: PLC0415 - the same

        self._ladder = Ladder(access.station, _now, FURTHER)

    def _listener(self) -> Listener:
        assert self._access is not None  # noqa: S101 - `open` has read it
        # past a pooler, which forgets who listens
        direct = self._access.settings.direct
        return Listener({**direct.conninfo(), "password": self._access.password})


_WITHOUT = (
    "Who signed in at this computer within the last day can come in without it: user name and "
    "password."
)


def _at_the_door(error: WardError) -> str:
    """Return what is wrong, without a word on what was typed: nothing was."""
    return str(error).replace(f"{NOTHING_SAVED} ", "")


def _now() -> datetime:
    return datetime.now(UTC)


def _known(entry: Entry) -> OfflinePerson:
    from ward_app.downtime.people import OfflinePerson  # noqa: PLC0415 - not at the start

    return OfflinePerson(entry.signed_in, entry.wards)


def _connected(access: Access) -> Database:
    """Return the database, once it accepted this workstation."""
    database = Database.connect(access.settings, access.password, access.tuning)
    try:
        database.run(None, check_server)
    except WardError:
        database.close()
        raise
    database.keep_looking(partial(_keep_figures, database, access.figures_dir))
    return database


def _keep_figures(database: Database, folder: Path | None) -> None:
    """Hand the figures of now to IT; without room for them the ward's work goes on."""
    from ward_app.operations.station_figures import keep_figures  # noqa: PLC0415 - not at the start

    if folder is not None:
        with suppress(OSError):
            keep_figures(folder, database.metrics)
