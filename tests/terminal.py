"""What tests of terminals share: all that one was sent, and how wide a text is on it."""

import os
import unicodedata


def all_sent(terminal: int) -> bytes:
    """All that a terminal is sent until nobody has its other end open; it is closed then."""
    sent = b""
    try:
        while part := os.read(terminal, 65536):
            sent += part
    except OSError:  # Linux's way to say that the other end is closed
        pass
    os.close(terminal)
    return sent


def columns(text: str) -> int:
    """Terminal columns of text in letters and Hangul, computed apart from the code under test."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    joined = sum(0x1160 <= ord(letter) <= 0x11FF for letter in text)
    return len(text) + wide - joined
