"""Where a register is kept: one interface, and an engine in each folder."""
