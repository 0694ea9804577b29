"""Before the vault is open: first run, and unlocking."""
