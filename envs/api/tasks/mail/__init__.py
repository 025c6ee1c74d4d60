"""Tasks about mail."""
