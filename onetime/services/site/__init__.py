"""The house itself: the system's time, how long things are kept, its bookkeeping, its trouble."""
