"""OpenAPI applications that are not ours: what their documents offer, and how it is called."""
