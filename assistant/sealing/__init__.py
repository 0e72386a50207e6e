"""Encryption at rest: the key of the kept calls, and files that are sealed with it.

    passphrase or recovery code -> key of the history (`vault`) -> key of each file (`keys`) -> sealed bytes (`stream`)

Where it is off, nothing of it is loaded but the question whether it is on.
"""
