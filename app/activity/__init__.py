"""The list of long work."""
