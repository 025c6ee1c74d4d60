"""Modules that run inside sandboxes: they may import the standard library, and nothing else."""
