"""What is asked of the agent, and how."""
