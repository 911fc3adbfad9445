"""Locking, other views, and colours."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.observations.entry_sheet import ObservationSheet
from ui.staff.badge_reader import LONGEST_GAP_MS
from ui.staff.password_overlay import PasswordOverlay
from ward_app.demo.hospital import SEVEN_EAST, WARDS
from ward_app.demo.staff import PASSWORD, PIN, STAFF

ITS_RATE = 18


def lock_and_unlock(walk: Walk) -> None:
    """Locked, nothing of a patient is drawn; unlocked, the half-typed set is still there."""
    walk.choose("21")
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    walk.hands.type(str(ITS_RATE))
    walk.hands.press("Ctrl+L")
    window = walk.program.window
    walk.until(lambda: window.is_locked, "Ctrl+L did not lock")
    walk.expect(not walk.workplace.isVisible(), "the workplace is drawn behind the lock")
    walk.picture("locked")
    walk.hands.type(PASSWORD)
    walk.hands.press("Return")
    walk.until(lambda: not window.is_locked, "the password did not unlock")
    walk.expect(walk.workplace.sheets.sheet is sheet, "the open sheet is gone")
    rate = sheet.entry.vital_signs().respiratory_rate_per_min
    walk.expect(rate == ITS_RATE, "what was typed is gone")
    walk.picture("unlocked")
    walk.hands.press("Esc Esc Esc")


def take_over_by_badge(walk: Walk) -> None:
    """A colleague's badge and PIN take the screen over; the first one's entry waits for her."""
    login = walk.workplace.context.signed_in.login
    # with the password the colleague signed in elsewhere, earlier in the shift
    colleague = walk.colleague.entry.signed_in.login
    walk.choose("21")
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    walk.hands.type(str(ITS_RATE))
    window, first = walk.program.window, walk.workplace
    _show_badge(walk, colleague, "badge")
    walk.until(lambda: window.workplace not in {None, first}, "the colleague did not come in")
    walk.until(lambda: walk.lamp == "live", "the board did not become live")
    walk.expect(walk.workplace.place.name == SEVEN_EAST.name, "another ward is shown")
    walk.expect(not walk.workplace.has_unsaved_entry, "the entry of the first is shown")
    walk.picture("taken-over")
    _show_badge(walk, login)
    walk.until(lambda: window.workplace is first, "the first did not come back")
    rate = sheet.entry.vital_signs().respiratory_rate_per_min
    walk.expect(rate == ITS_RATE, "what was typed is gone")
    walk.hands.press("Esc Esc Esc")


def _show_badge(walk: Walk, login: str, picture: str = "") -> None:
    """Lock, hold a badge to the reader, and type its PIN."""
    window = walk.program.window
    walk.hands.press("Ctrl+L")
    walk.until(lambda: window.is_locked, "Ctrl+L did not lock")
    [person] = [one for one in STAFF if one.login == login]
    walk.hands.hold_badge(person.badge)
    screen = window.lock_screen
    walk.expect(screen is not None and screen.pin.isVisible(), "the PIN is not asked for")
    if picture:
        walk.picture(picture)
    for figure in PIN:
        walk.hands.type(figure)
        # at the pace of a person: figures as fast as a reader's would be another badge
        walk.hands.rest(2 * LONGEST_GAP_MS)
    walk.hands.press("Return")


def whole_hospital(walk: Walk) -> None:
    """Every ward; patients of other wards stay unnamed."""
    walk.hands.press("Ctrl+W")
    walk.hands.type("whole")
    walk.hands.press("Return")
    walk.until(lambda: walk.workplace.place.whole_hospital, "the hospital is not shown")
    beds = sum(len(list(ward.beds())) for ward in WARDS)
    walk.until(lambda: len(walk.cards()) >= beds, "not every bed is shown")
    named = {card.bed.ward_name for card in walk.cards() if card.bed.family_name}
    walk.expect(named == {SEVEN_EAST.name}, f"patients are named on {named}")
    walk.picture("hospital")
    walk.hands.press("Ctrl+W")
    walk.hands.type("7 east")
    walk.hands.press("Return")
    walk.until(lambda: walk.workplace.place.name == SEVEN_EAST.name, "the ward did not come back")
    walk.until(lambda: len(walk.labels()) == len(list(SEVEN_EAST.beds())), "its beds did not")


def table(walk: Walk) -> None:
    """V shows the same beds as a table."""
    walk.hands.press("V")
    rows = walk.board.beds.table_model.rowCount()
    walk.expect(rows == len(walk.cards()), f"the table has {rows} rows")
    walk.picture("table")
    walk.hands.press("V")


def wall(walk: Walk) -> None:
    """F11: for reading from afar, initials instead of names, Escape leaves."""
    walk.hands.press("F11")
    screen = walk.board.wall
    walk.until(lambda: screen and screen.isVisible(), "no wall screen opened")
    assert screen is not None  # noqa: S101 - waited for
    with walk.off_the_clock():
        screen.showNormal()
        screen.resize(1920, 1080)
        walk.hands.rest(50)
    names = [bed.family_name for bed in (card.bed for card in walk.cards()) if bed.family_name]
    shown = " ".join(str(card) for card in screen.cards)
    walk.expect(not any(f"'{name}" in shown for name in names), "a name is on the wall")
    walk.picture("wall", screen)
    walk.hands.press("Esc")
    walk.until(lambda: walk.board.wall is None, "Escape did not leave the wall screen")
    # a window manager gives the window below the keyboard; without a screen there is none
    walk.program.window.activateWindow()


def dark(walk: Walk) -> None:
    """Dark colours, and back."""
    walk.hands.press("Ctrl+Shift+D")
    walk.picture("dark")
    walk.hands.press("Ctrl+Shift+D")


def new_password(walk: Walk) -> None:
    """By key over what is in view; what is wrong with a password is said while it is typed."""
    walk.hands.press("Ctrl+Shift+P")
    overlay = walk.workplace.findChild(PasswordOverlay)
    assert isinstance(overlay, PasswordOverlay)  # noqa: S101 - opened by the key
    walk.hands.type(PASSWORD)
    walk.hands.press("Return")
    walk.hands.type("kettles")
    hint = overlay.new_password.hint.text()
    walk.expect(hint.startswith("5 more characters"), f"a short password is said to be: {hint}")
    walk.picture("new-password")
    walk.hands.press("Esc")
    walk.until(
        lambda: walk.workplace.findChild(PasswordOverlay) is None, "Escape did not leave the card"
    )


def sign_out(walk: Walk) -> None:
    """Ctrl+Shift+Q leads back to the sign-in screen."""
    walk.hands.press("Ctrl+Shift+Q")
    walk.until(lambda: walk.program.window.workplace is None, "the workplace is still there")
    walk.expect(walk.program.window.sign_in.isVisible(), "the sign-in screen is not shown")
