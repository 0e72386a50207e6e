"""Speech and language models behind the ports of the core."""

import os

# Published builds of onnxruntime report their use to Microsoft unless this is set before they are first imported, here
# or by the speech engine. Nothing leaves this computer.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
