"""What the database itself holds measurements to, whatever program sends them."""

import json

from ward_app.measurements.kinds import KINDS_FOLDER, kinds


def test_that_the_registered_kinds_are_those_that_are_delivered(admin):
    rows = admin.execute("SELECT name, version, hash, fields FROM report.measurement_kinds")
    registered = {name: tuple(rest) for name, *rest in rows}
    assert registered == {
        name: (
            kind.version,
            kind.hash,
            json.loads((KINDS_FOLDER / f"{name}.json").read_bytes())["fields"],
        )
        for name, kind in kinds().items()
    }
