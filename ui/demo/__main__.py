"""Runs what `./dev demo` asks for."""

from __future__ import annotations

import os
import signal
import sys

from ui.demo.launch import launch
from ui.demo.options import Options, read_options
from ui.demo.shots import run_shots
from ui.demo.terminal import has_screen, say
from ui.demo.tour import run_tour
from ward_app.core.errors import ConfigurationError, WardError
from ward_app.core.places import places
from ward_app.core.settings import load_settings
from ward_app.core.settings_aliases import SERVER_ASKED, is_server_asked
from ward_app.demo.ground import DemoGround
from ward_app.operations.cluster import private_cluster

# as shells report a program ended by Ctrl+C
_INTERRUPTED = 130


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    options = read_options(sys.argv[1:])
    # whoever ends it, the workstations are revoked and the server is stopped
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _refuse_beside_patients()
        return _run(DemoGround(private_cluster(places().cluster_dir)), options)
    except WardError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _refuse_beside_patients() -> None:
    """Keep invented patients and what a ward keeps here apart.

    Raises:
        ConfigurationError: this installation is for real patients.
    """
    if is_server_asked(os.environ):
        raise ConfigurationError(
            f"{SERVER_ASKED} asks for a ward's own database, so the demo does not start. Take it "
            "out of the environment, or start ward-app without the demo."
        )
    if load_settings().is_for_a_ward:
        raise ConfigurationError(
            "This computer is set up for a ward's own database, so the demo does not start beside "
            "it. Give the demo a folder of its own: WARD_HOME=FOLDER ward-app --demo."
        )


def _run(ground: DemoGround, options: Options) -> int:
    if options.stop:
        ground.cluster.stop()
        say(f"The private server is {ground.cluster.status()}.")
        return 0
    if options.shots:
        return run_shots(ground, options)
    if options.tour:
        return run_tour(ground, options)
    if not has_screen():
        say("There is no screen, so this is the tour: the program walked through, as pictures.")
        return run_tour(ground, options)
    return launch(ground, options)


if __name__ == "__main__":
    sys.exit(main())
