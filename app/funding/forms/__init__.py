"""What employers and officers type."""
