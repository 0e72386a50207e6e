"""What capture and recording do to a call, on a sound server of its own: run `python -m benchmarks.capture`."""
