"""MemReader: conversation turns and documents become candidate memories."""
