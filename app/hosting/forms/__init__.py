"""What hosts and officers type, checked field by field."""
