"""Tasks about support tickets."""
