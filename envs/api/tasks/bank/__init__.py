"""Tasks about the bank."""
