from typer.testing import CliRunner

from ward_app.cli import measurements
from ward_app.measurements.kinds import kinds


def run(*args):
    result = CliRunner().invoke(measurements.app, args)
    assert result.exit_code == 0
    return result.output


def test_that_every_kind_is_listed_with_version_hash_and_what_is_not_signed_off():
    said = run("kinds")
    for kind in kinds().values():
        assert f"{kind.name}  {kind.version}  {kind.hash}" in said
        assert kind.needs_sign_off in said
    unsigned = sum(bool(kind.needs_sign_off) for kind in kinds().values())
    assert said.count("Needs a clinician's sign-off: ") == unsigned > 0
    assert "weight_kg" not in said


def test_that_limits_and_choices_are_said_on_request():
    said = run("kinds", "--fields")
    assert "weight_kg: 0.2 to 650 kg; usual 1.5 to 15 from 0 to below 12 months" in said
    assert "30 to 250 from 192 months" in said
    assert "verbal: one of 5, 4, 3, 2, 1, NT" in said
    assert "site: text" in said
    assert "dizzy: yes or no" in said
