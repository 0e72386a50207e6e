"""Speech and language models behind the ports of the core."""

import os

from models.heap import keep_small

# Published builds of onnxruntime report their use to Microsoft unless this is set before they are first imported, here
# or by the speech engine. Nothing leaves this computer.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# The speech engine's library (oneDNN) keeps what it prepares for each length of sound, a megabyte each, for a thousand
# of them: an hour of talk would take a gigabyte. Preparing it anew costs no time that can be measured.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")

keep_small()
