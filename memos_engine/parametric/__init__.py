"""Memory in parameters: what adapters are trained on, how, and which of them are there."""
