"""`depthcue` as a user starts it, until its window has been drawn; prints the moment on the monotonic clock."""

from __future__ import annotations

import sys
import time

from ui.cli import main


def run() -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent

    import ui.program
    from ui.desktop.window import PanelWindow

    class Watched(PanelWindow):
        is_drawn = False

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's name
            super().paintEvent(event)
            if not self.is_drawn:
                self.is_drawn = True
                QTimer.singleShot(0, self._drawn)  # the pages are drawn in the same turn

        def _drawn(self) -> None:
            print(time.monotonic(), flush=True)
            self.close()

    ui.program.PanelWindow = Watched  # type: ignore[attr-defined]
    return main(["panel"])


if __name__ == "__main__":
    sys.exit(run())
