"""Runs what `./dev demo` asks for."""

from __future__ import annotations

import sys

from ui.demo.launch import launch
from ui.demo.options import Options, read_options
from ui.demo.terminal import say
from ward_app.core.errors import WardError
from ward_app.core.places import places
from ward_app.demo.ground import DemoGround
from ward_app.operations.cluster import private_cluster


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    options = read_options(sys.argv[1:])
    try:
        return _run(DemoGround(private_cluster(places().cluster_dir)), options)
    except WardError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(ground: DemoGround, options: Options) -> int:
    if options.stop:
        ground.cluster.stop()
        say(f"The private server is {ground.cluster.status()}.")
        return 0
    return launch(ground, options)


if __name__ == "__main__":
    sys.exit(main())
