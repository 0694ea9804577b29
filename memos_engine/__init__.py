"""The MemOS engine: memory as a scheduled, governed resource. No Qt; usable from a script or the `memos` command."""

__version__ = "0.1.0"
