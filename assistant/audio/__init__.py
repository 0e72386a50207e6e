"""Sound in, sound kept: files, devices, the recording."""
