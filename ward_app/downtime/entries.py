"""Entries as text: the one way to write them, so that what proves them can be checked anywhere."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.downtime.types import OfflineAuthor, OfflineEntry, OfflineKind


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry as it is kept and sent.

    Attributes:
        body: canonical JSON; what the database reads, byte for byte.
        mac: HMAC-SHA256 of the body under the author's offline key, in hex.
    """

    session_id: UUID
    body: str
    mac: str


def proven(entry: OfflineEntry, author: OfflineAuthor) -> ProvenEntry:
    """Return the entry as text, proven to be the author's."""
    body = json.dumps(
        {
            "id": str(entry.id),
            "session": str(author.session_id),
            "station": author.station,
            "author": str(entry.author),
            "kind": entry.kind.value,
            "admission": entry.admission_id and str(entry.admission_id),
            "occurred_at": entry.occurred_at.isoformat(),
            "entered_at": entry.entered_at.isoformat(),
            "row": dict(entry.payload),
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    mac = hmac.digest(author.offline_key, body.encode(), "sha256").hex()
    return ProvenEntry(session_id=author.session_id, body=body, mac=mac)


def entry_of(body: str) -> OfflineEntry:
    """Return the entry of a body that `proven` wrote."""
    facts = json.loads(body)
    return OfflineEntry(
        id=UUID(facts["id"]),
        kind=OfflineKind(facts["kind"]),
        admission_id=facts["admission"] and UUID(facts["admission"]),
        payload=facts["row"],
        occurred_at=datetime.fromisoformat(facts["occurred_at"]),
        entered_at=datetime.fromisoformat(facts["entered_at"]),
        author=UUID(facts["author"]),
    )
