"""None stays alive under the binding to Qt."""

import subprocess
import sys

CALLS = """
import app
from PySide6.QtWidgets import QApplication, QLabel
qt = QApplication([])
label = QLabel()
for _ in range(200_000):
    label.setText("again")
print("alive")
"""


def test_the_program_outlives_any_number_of_calls_that_return_none():
    """PySide6 6.12.0 alone aborts the interpreter after a few thousand on Python 3.11."""
    ran = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "alive\n", "")
