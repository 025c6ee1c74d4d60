"""What the tools give back."""
