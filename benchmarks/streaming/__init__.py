"""How late and how right live text is, measured in real time: see `__main__`."""

import os

# As the program does it (`ui/cli.py`), before NumPy is there: its BLAS would spin on the decoder's core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
