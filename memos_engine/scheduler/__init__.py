"""MemScheduler's queue: the list of long work. It knows jobs, not what they do."""
