"""Making tasks of a codebase: profile it, screen mutants, choose among them, confirm the chosen."""
