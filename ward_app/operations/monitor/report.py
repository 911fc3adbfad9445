"""The report on the server: what was found of each kind, what follows from it, how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.advice import advice
from ward_app.operations.monitor.kinds import Figures, Kind, Machine
from ward_app.operations.monitor.parts import TITLES, Parts, parts_of
from ward_app.operations.monitor.reading import Found, with_machine_in

_ORDER = (Level.ERROR, Level.WARNING, Level.INFO, Level.GOOD)
HIDDEN = Finding(
    "Rights",
    Level.WARNING,
    "The server hides what other connections do, so that the report is not whole.",
    "Run once as the server's administrator: wardctl init.",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of the report.

    Attributes:
        findings: the worst first, at least one.
    """

    kind: Kind
    figures: Figures
    findings: tuple[Finding, ...]
    parts: Parts

    @property
    def title(self) -> str:
        """Return what it is about, in a word or three."""
        return TITLES[self.kind]

    @property
    def level(self) -> Level:
        """Return the worst of its findings."""
        return self.findings[0].level


@dataclass(frozen=True, slots=True)
class Report:
    """What was found on a server at one moment."""

    taken_at: datetime
    database: str
    server_version: str
    sections: tuple[Section, ...]
    remarks: tuple[Finding, ...] = ()

    def of(self, kind: Kind) -> Section | None:
        """Return the section of a kind, None when it was not asked for."""
        return next((section for section in self.sections if section.kind is kind), None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return everything that was found, the worst first."""
        every = [*self.remarks, *(one for section in self.sections for one in section.findings)]
        return worst_first(every)


def worst_first(findings: list[Finding] | tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings by how bad they are, in their order where they are as bad."""
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.level)))


def report(found: Found, limits: AlertSettings, machine: Machine | None = None) -> Report:
    """Return the report of what was found; `machine`: the server's computer, None = not asked."""
    known = with_machine_in(found, machine).figures
    sections = (_section(kind, figures, limits) for kind, figures in known.items())
    return Report(
        found.taken_at,
        found.database,
        found.server_version,
        tuple(sections),
        () if found.is_complete else (HIDDEN,),
    )


def _section(kind: Kind, figures: Figures, limits: AlertSettings) -> Section:
    findings = worst_first(advice(kind, figures, limits))
    return Section(kind, figures, findings, parts_of(kind, figures, limits))


def document(made: Report) -> Mapping[str, Any]:
    """Return the report as other programs read it: figures and findings by kind."""
    return {
        "taken_at": made.taken_at.isoformat(),
        "database": made.database,
        "server_version": made.server_version,
        "remarks": [asdict(remark) for remark in made.remarks],
        **{
            section.kind.value: asdict(section.figures)
            | {"findings": [asdict(finding) for finding in section.findings]}
            for section in made.sections
        },
    }
