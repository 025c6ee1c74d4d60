"""Adapters: wildgym as the environments of other trainers and harnesses, one file each.

Each imports the package that it is for, and nothing here imports any of them.
"""
