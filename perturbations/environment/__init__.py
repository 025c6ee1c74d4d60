"""How the world behaves."""
