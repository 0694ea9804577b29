"""MemGovernance: who may read which memory."""

from memos_engine.governance.gate import Gate, Grant

__all__ = ["Gate", "Grant"]
