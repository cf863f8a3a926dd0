"""Every SELECT, as functions of a snapshot: a register at a point."""
