"""Tasks about companies, contacts and deals."""
