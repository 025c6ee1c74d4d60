"""Task templates, a file for each service that they are mainly about."""
