"""The real program at a desk whose server goes away and comes back."""

from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.assessments.builders import assess
from tests.devices.builders import put_in
from tests.downtime.stations import a_station
from tests.downtime.taken import EAST
from tests.resilience.desk import desk
from tests.resilience.proxy import Proxy
from tests.sheets import press_save
from tests.steps import a_set, admit, ago, open_first
from ui.admissions.admit_sheet import AdmitSheet
from ui.background import Reply
from ui.demo.heartbeat import Heartbeat
from ui.kept_page import ONLY_TO_READ
from ui.notes.write_sheets import NewNoteSheet
from ui.panels import ALERTS, CHART, GRID, MEASURED, ROUNDS
from ui.patients.patient_options import AWAY as NOBODY
from ui.widgets.bands import BandStack
from ui.widgets.sheet import AWAY
from ward_app.admissions.service import transfer
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.settings import PoolSettings
from ward_app.downtime.kept_here import NOT_SENT
from ward_app.downtime.types import ReplayReport
from ward_app.observations.service import record_observations

NOTES = "notes"
MARK = f"Nora Nurse, {NOT_SENT}"
LONGEST_DEAFNESS_MS = 1_000


@pytest.fixture
def stay(database, nurse):
    found = admit(database, nurse, "Okafor", label="1")
    database.run(nurse, record_observations, a_set(found, occurred_at=ago(50)))
    return found


@pytest.fixture
def way(server, tmp_path_factory):
    """The way to the server, which a test closes and opens."""
    folder = tmp_path_factory.mktemp("w")
    way = Proxy(folder, server.socket_dir / f".s.PGSQL.{server.port}")
    yield way
    way.close()


@pytest.fixture
def settings(way, station_settings):
    pool = PoolSettings(min=1, max=2)
    return replace(station_settings(), host=str(way.folder), connect_timeout_s=2, pool=pool)


@pytest.fixture
def sit_down(qtbot, qapp, settings, tmp_path, stay):
    """Return a function that starts the program at a station that keeps things."""

    @contextmanager
    def sit(**changes):
        station = a_station(tmp_path / "downtime")
        with desk(qtbot, qapp, settings, tmp_path, station=station, **changes) as place:
            yield place

    return sit


@pytest.fixture
def nora(sit_down):
    with sit_down() as place:
        keeper = place.program.outage.keeper
        place.wait(lambda: station_has_copy(place))
        keeper._again.setInterval(100)
        yield place


def station_has_copy(place):
    ladder = place.program.work.ladder
    return bool(ladder.wards()) and not place.program.outage.keeper._lane.is_busy


def lose(place, way):
    """Take the server away and wait until the screen says so."""
    way.shut()
    place.workplace.refresh()
    place.wait(lambda: "offline" in bands(place))
    place.wait(lambda: not place.program.work.is_busy)


def bands(place):
    return place.program.window.bands.shown


def words_of(place, band):
    return place.program.window.bands.words_of(band)


def watched(monkeypatch):
    """Return a list that gets what bands are shown whenever one of them changes."""
    seen, really = [], BandStack.set_band

    def set_band(bands, *args, **kwargs):
        really(bands, *args, **kwargs)
        seen.append(bands.shown)

    monkeypatch.setattr(BandStack, "set_band", set_band)
    return seen


def show(place, key):
    place.workplace.show_panel(key)
    place.wait(lambda: not place.program.work.is_busy)
    return place.workplace.panel


def come_back(place, way):
    way.open()
    place.wait(lambda: place.lamp == "live")
    place.wait(lambda: not place.program.work.is_busy and not bands(place) - {"test"})


def test_that_the_board_says_of_which_time_it_is_and_comes_back_by_itself(nora, way):
    heartbeat = Heartbeat(nora.program)
    heartbeat.begin()
    lose(nora, way)
    assert nora.shown == {"1": "Okafor"}
    assert nora.lamp.startswith("offline: reading from ")
    assert nora.lamp.endswith(", charting is kept here")
    assert words_of(nora, "offline").startswith("OFFLINE   No server. You see the ward as of ")
    come_back(nora, way)
    assert nora.shown == {"1": "Okafor"}
    assert heartbeat.longest_work_ms < LONGEST_DEAFNESS_MS


def test_that_a_set_is_charted_and_shown_and_sent_when_the_server_is_back(
    qtbot, nora, way, admin, stay, monkeypatch
):
    lose(nora, way)
    sheet = nora.type_set("1")
    with qtbot.waitSignal(sheet.closed):
        press_save(qtbot)
    assert "NEWS2 0" in nora.told
    nora.wait(lambda: "the program calls nobody: call yourself" in nora.told)
    assert not nora.workplace.outcome._keys.isEnabled()
    nora.wait(lambda: nora.board.bed_of(stay).kept_here == 1)
    nora.wait(lambda: nora.lamp.endswith(", 1 kept here"))
    nora.wait(lambda: "1 entry is kept on this computer" in words_of(nora, "offline"))
    seen = watched(monkeypatch)
    come_back(nora, way)
    assert any("back" in shown for shown in seen)
    assert not any({"back", "offline"} <= shown for shown in seen)
    assert admin.execute("SELECT count(*) FROM report.vital_signs").fetchone() == (2,)
    nora.wait(lambda: nora.board.bed_of(stay).kept_here == 0)
    nora.wait(lambda: "1 entry charted without the server arrived" in nora.told)


def test_that_chart_grid_rounds_notes_and_measurements_are_read_from_the_copy(nora, way, stay):
    lose(nora, way)
    nora.board.patient_opened.emit(nora.board.bed_of(stay))
    nora.wait(lambda: not nora.program.work.is_busy)
    chart = nora.workplace.panel_of(CHART)
    assert chart._chart.admission_id == stay
    assert len(chart._chart.sets) == 1
    grid = show(nora, GRID)
    [row] = grid._rows.values()
    assert row.basis is not None
    assert row.last.occurred_at
    rounds = show(nora, ROUNDS)
    assert [row.line.admission_id for row in rounds.model.rows] == [stay]
    notes = show(nora, NOTES)
    assert notes.lines == ()
    measured = nora.workplace.panel_of(MEASURED)
    measured.show_patient(nora.board.bed_of(stay))
    show(nora, MEASURED)
    assert measured._chart.sets == ()
    for panel in (chart, grid, rounds, notes, measured):
        assert panel.notice.text == ""
        assert panel.loaded_at == nora.program.work.shown_from


def test_that_what_is_not_kept_says_so_in_place_of_an_empty_list(nora, way):
    lose(nora, way)
    panel = show(nora, "devices")
    assert "Not kept for downtime. What is in place stands with each patient" in panel.notice.text


def test_that_assessments_and_devices_are_read_from_the_copy_and_cannot_be_changed(
    nora, way, stay, database, nurse
):
    open_first(database, nurse)
    assess(database, nurse, stay)
    put_in(database, nurse, stay)
    nora.program.outage.keeper.take_copies()
    nora.wait(lambda: not nora.program.outage.keeper._lane.is_busy)
    panels = [nora.workplace.panel_of(key) for key in ("assessments", "devices")]
    for panel in panels:
        panel.show_patient(nora.board.bed_of(stay))
    lose(nora, way)
    for panel, what in zip(panels, ("Pain, 0 to 10", "Peripheral cannula"), strict=True):
        show(nora, panel.objectName())
        nora.wait(lambda panel=panel: panel.kept.holds_something)
        assert panel.notice.text == ""
        [row] = [texts for texts in panel.kept.rows.texts if "ago" in texts[3] or texts[2]]
        assert row[0].startswith(what)
        panel._of_choice()
        assert nora.told == ONLY_TO_READ
    come_back(nora, way)
    for panel in panels:
        show(nora, panel.objectName())
        nora.wait(lambda panel=panel: panel.rows.rows)
        assert not panel.kept.holds_something


def test_that_handover_lane_and_alerts_are_read_from_the_copy(nora, way, stay):
    lose(nora, way)
    handover = show(nora, "handover")
    assert [line.admission_id for line in handover.listed] == [stay]
    lane = show(nora, "lane")
    assert [row.patient.admission_id for row in lane.view.rows if row.patient] == [stay]
    bell = show(nora, ALERTS)
    assert "call yourself" in bell.notice.text
    for panel in (handover, lane):
        assert panel.notice.text == ""
        assert panel.loaded_at == nora.program.work.shown_from
    come_back(nora, way)
    assert show(nora, ALERTS).notice.text == ""


def test_that_an_admission_says_at_once_that_it_needs_the_server(qtbot, nora, way):
    lose(nora, way)
    sheet = AdmitSheet(nora.workplace.context, nora.workplace.place.wards[0], None)
    nora.workplace.open_sheet(sheet)
    assert sheet.notice.text == AWAY
    field = sheet.patient_form.input("patient").field
    qtbot.keyClicks(field, "Okafor")
    nora.wait(lambda: [option.text for option in field.options._options] == [NOBODY.text])
    come_back(nora, way)
    assert sheet.notice.text == ""
    assert field.text() == "Okafor"


def kept_at(place):
    """Return when the copy of ward East was kept."""
    return place.program.work.ladder.station.copies.read(EAST, ago(0)).kept_at


def test_that_copies_go_on_while_the_screen_is_locked(nora):
    before = kept_at(nora)
    nora.program.lock("Nobody used the program for a while.")
    nora.program.outage.keeper._copies.timeout.emit()
    nora.wait(lambda: kept_at(nora) > before)


def test_that_who_signs_out_leaves_a_fresh_copy_and_no_session(nora, admin):
    store, before = nora.program.work.ladder.station.copies, kept_at(nora)
    mine = (nora.workplace.context.signed_in.session_id,)
    over = "SELECT ended_at IS NOT NULL FROM public.sessions WHERE id = %s"
    assert admin.execute(over, mine).fetchone() == (False,)
    nora.program.sign_out()
    nora.wait(lambda: admin.execute(over, mine).fetchone() == (True,))
    assert store.read(EAST, ago(0)).kept_at > before


def test_that_who_signs_out_has_no_session_also_when_the_server_was_too_slow_for_a_copy(
    nora, admin, monkeypatch
):
    def take(_database, _actor, _heads):
        slow = psycopg.errors.QueryCanceled()
        raise DatabaseUnavailableError("It took too long.") from slow

    monkeypatch.setattr(nora.program.work.ladder, "take", take)
    mine = (nora.workplace.context.signed_in.session_id,)
    over = "SELECT ended_at IS NOT NULL FROM public.sessions WHERE id = %s"
    nora.program.sign_out()
    nora.wait(lambda: admin.execute(over, mine).fetchone() == (True,))


def test_that_what_others_held_up_is_sent_again_a_little_later(nora, qtbot):
    keeper = nora.program.outage.keeper
    with qtbot.waitSignal(keeper.sent):
        keeper.send()
    assert not keeper._send_later.isActive()
    keeper._sent(ReplayReport(still_waiting=1))
    assert keeper._send_later.isActive()
    with qtbot.waitSignal(keeper.sent):
        keeper._send_later.timeout.emit()


def test_that_a_note_signed_without_the_server_does_not_claim_that_all_can_read_it(
    nora, way, stay
):
    lose(nora, way)
    place = nora.workplace.place
    sheet = NewNoteSheet(nora.workplace.context, nora.board.bed_of(stay), place.zone)
    nora.workplace.open_sheet(sheet)
    assert AWAY not in sheet.notice.text
    sheet._tell_signed(ago(0))
    assert nora.told.endswith(
        "kept on this computer; the ward can read it when the server is back."
    )


def test_that_a_move_is_refused_with_its_reason(nora, way):
    lose(nora, way)
    errors = []
    reply = Reply(lambda _done: errors.append("done"), errors.append)
    nora.program.work.command(nora.workplace, "beds", reply, transfer, None)
    nora.wait(lambda: errors)
    assert "Sets, measurements, round answers and new notes can be kept" in str(errors[0])


def test_that_the_program_starts_during_the_outage_for_who_was_here_before(
    qtbot, sit_down, way, stay
):
    with sit_down() as place:
        place.wait(lambda: station_has_copy(place))
        place.wait(lambda: pass_is_kept(place))
    way.shut()
    with sit_down(live=False) as place:
        place.wait(lambda: "offline" in bands(place))
        place.wait(lambda: place.shown == {"1": "Okafor"})
        sheet = place.type_set("1")
        with qtbot.waitSignal(sheet.closed):
            press_save(qtbot)
        nora_again(place, way)
        assert place.told


def nora_again(place, way):
    """Let the server come back: it asks who is here, and takes what was charted."""
    place.program.outage.keeper._again.setInterval(100)
    way.open()
    window = place.program.window
    place.wait(lambda: window.is_locked)
    assert "The server is back" in window.lock_screen.card.words.text()
    card = window.lock_screen.card
    card.password.setText(world.PASSWORD)
    card.attempt()
    place.wait(lambda: not window.is_locked)
    place.wait(lambda: place.lamp == "live")


def pass_is_kept(place):
    folder = place.program.work.ladder.passes._folder
    return folder.exists() and list(folder.glob("*.pass"))


def test_that_a_wrong_password_lets_nobody_in_while_the_server_is_away(qtbot, sit_down, way):
    with sit_down() as place:
        place.wait(lambda: pass_is_kept(place))
        lose(place, way)
        place.program.lock("Locked by hand.")
        card = place.program.window.lock_screen.card
        for password, is_right in (("wrong", False), (world.PASSWORD, True)):
            card.password.setText(password)
            qtbot.keyClick(card.password, Qt.Key.Key_Return)
            place.wait(lambda: not card.is_attempting)
            assert place.program.window.is_locked is not is_right
            if not is_right:
                assert "must be the password of your last sign-in" in card.notice.text
