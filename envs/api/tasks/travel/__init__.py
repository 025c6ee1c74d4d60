"""Tasks about business travel."""
