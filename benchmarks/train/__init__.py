"""A training run from nothing: a small model learns to call tools, on a laptop's cores."""
