"""Jobs, one theme a file."""
