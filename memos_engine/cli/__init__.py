"""The `memos` command."""
