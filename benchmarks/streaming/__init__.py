"""How late and how right live text is, measured in real time: see `__main__`."""
