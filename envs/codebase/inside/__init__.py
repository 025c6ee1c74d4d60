"""Programs that run inside judging sandboxes. They are sent as source, so each stands alone."""
