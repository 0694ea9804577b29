"""MemGovernance: the gate that every read of memory passes."""
