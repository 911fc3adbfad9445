"""The log of one run: a file beside the backups. No patients, no passwords."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self


class RunLog:
    """Writes down what a run did; what it ends with stands last.

    Attributes:
        file: where programs may write their complaints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("ab+")
        path.chmod(0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.say(f"Failed: {str(error) or type(error).__name__}")
        self.file.close()

    def say(self, words: str) -> None:
        """Add a line with the time in UTC."""
        line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {words}\n"
        self.file.write(line.encode())
        self.file.flush()

    def has(self, words: str) -> bool:
        """Whether these words stand in it."""
        self.file.seek(0)
        return words.encode() in self.file.read()

    def last_words(self) -> str:
        """Return the last line, which is a program's that failed."""
        self.file.seek(0)
        lines = self.file.read().decode(errors="replace").strip().splitlines()
        return lines[-1].rstrip(".") + "." if lines else ""
