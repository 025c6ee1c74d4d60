"""The tasks, one module a theme."""
