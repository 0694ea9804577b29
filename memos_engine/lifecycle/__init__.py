"""MemLifecycle: states, merge, supersession, versions, undo, erasure."""
