"""The reference of the start: an empty main window, painted. Prints a line and ends."""

import sys

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class Window(QMainWindow):
    """Says when it was first painted."""

    painted = False

    def event(self, event: QEvent) -> bool:
        """Take note of the first paint."""
        if event.type() == QEvent.Type.Paint:
            self.painted = True
        return super().event(event)


application = QApplication(sys.argv)
window = Window()
window.resize(1366, 768)
window.show()
while not window.painted:
    application.processEvents()
print("painted", flush=True)
