"""Who the agent is told to be, and by which rules."""
