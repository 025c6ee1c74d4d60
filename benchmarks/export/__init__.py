"""`wildgym export`: trajectories as training data."""
