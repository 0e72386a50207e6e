"""Live sound: the microphone as You, the call as Them, on one clock."""

from assistant.audio.capture.devices import Device, DeviceKind
from assistant.audio.capture.live import LiveSource
from assistant.audio.capture.opening import NO_DEVICE, list_devices, open_live

__all__ = ["NO_DEVICE", "Device", "DeviceKind", "LiveSource", "list_devices", "open_live"]
