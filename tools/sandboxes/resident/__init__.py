"""The resident runner: what lives inside a sandbox and does what the host asks for.

These modules are sent as source to a bare interpreter (`python3 -s -S`), in the order of
`MODULES`: they may import the standard library and each other, and nothing else of wildgym.

The runner is meant to be PID 1 of a PID namespace: then nothing inside can kill it, `kill(-1)` ends
everything that an agent left, and its own end is everybody's. It runs as the same user as the
commands, but undumpable, so that they can neither trace it nor open its descriptors.
"""

MODULES = (
    *("config", "confinement", "channel", "processes", "limits", "streams", "files", "area"),
    *("relay", "watch", "interpreter", "cells", "nursery", "commands", "serve"),
)
"""In the order of their imports."""
