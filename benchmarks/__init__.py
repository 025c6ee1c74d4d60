"""How well a policy does: suites, policies, runs that resume, metrics, and the command line."""
