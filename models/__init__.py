"""Speech and language models behind the ports of the core."""
