"""Two palettes: commands (Ctrl+Shift+P) and search over chats and memories (Ctrl+K)."""
