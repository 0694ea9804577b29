"""The page on which a person sees, corrects, moves and deletes what is remembered."""
