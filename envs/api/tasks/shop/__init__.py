"""Tasks about the shop."""
