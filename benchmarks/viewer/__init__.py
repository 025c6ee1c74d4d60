"""`wildgym view`: trajectories in a browser, on this machine only."""
