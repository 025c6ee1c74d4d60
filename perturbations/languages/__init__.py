"""What system prompts say, in other languages: one a module, each with the same names."""
