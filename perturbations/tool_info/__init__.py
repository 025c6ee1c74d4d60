"""What the agent is told about its tools."""
