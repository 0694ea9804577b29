"""The MemOS engine: memory as a scheduled, governed resource. No Qt; usable from a script or the `memos` command."""

import os

__version__ = "0.1.0"

# From 1.29 on, onnxruntime reports each use to its maker and keeps an id of the machine in the person's cache folder.
# It looks once, when it is loaded; and the environment changes here, before there are threads that read it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
