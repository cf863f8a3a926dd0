"""What is true of any register; pure."""
