"""A folder of the user's own: how it gets into a workspace, what is asked of it, what decides."""
