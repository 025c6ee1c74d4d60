"""Services, one file each."""
