"""What the sentences of a reply rest on, found by comparing them with the memories that were before the model."""
