"""Task templates, a folder for each service that they are mainly about."""
