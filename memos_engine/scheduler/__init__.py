"""MemScheduler: the queue of background work. It knows jobs, not what they do."""
