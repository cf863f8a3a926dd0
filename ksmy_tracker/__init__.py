"""A register of what South Korea and Malaysia promised each other."""

__version__ = "0.1.0"
