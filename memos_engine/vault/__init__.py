"""MemVault: the key hierarchy, the OS keyring, and sealed blobs."""
