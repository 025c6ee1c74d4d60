"""Programs that run on both sides: here, on a tree, and where the agent works, on a folder.

They are self-contained, and written for the Python that is found in a sandbox.
"""
