"""One module a use case: they join what lies below, and are what the door hands out."""
