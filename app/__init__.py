"""The Qt window over the engine. It paints, and asks `memos_engine.memory_os.MemoryOS` for everything else."""

from app.singletons import keep_singletons

keep_singletons()
