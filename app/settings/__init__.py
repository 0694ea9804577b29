"""The page that shows and changes settings, keys, cubes and copies."""
