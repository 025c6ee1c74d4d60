"""Tasks about stock keeping."""
