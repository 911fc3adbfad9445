"""Score packs put into use for tests, as IT does after a clinician signed them off."""

from uuid import uuid4


def put_in_use(admin, name, use="live"):
    """Let the hospital use a shipped pack from now on."""
    admin.execute(
        "INSERT INTO report.score_pack_uses (id, pack_id, use, signed_off_by, reason, set_by)"
        " SELECT %s, id, %s, 'Dr Mensah', 'agreed', 'Ivan IT'"
        " FROM report.score_packs WHERE name = %s",
        (uuid4(), use, name),
    )
