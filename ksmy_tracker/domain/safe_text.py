"""Text of the register made safe to look at: what a terminal would obey is shown instead."""

import re

#: C0, DEL, C1, bidirectional and invisible characters, line and paragraph separators, lone surrogates.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
#: What a spreadsheet would run as a formula, in ASCII and full width, also once apostrophes are taken off.
FORMULA = re.compile("'*[=+\\-@\t\r\uff0b\uff0d\uff1d\uff20]")


def visible(text: str) -> str:
    r"""The text with each control character replaced by its picture (␛) or its escape (`\u202e`)."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escaped(json_text: str) -> str:
    """JSON in which control characters that JSON allows unescaped are escaped: the same value, no effect."""
    if json_text.isascii() and "\x7f" not in json_text:
        return json_text
    return _CONTROLS.sub(_json_escape, json_text)


def _json_escape(found: re.Match[str]) -> str:
    """A character as JSON escapes it, but for the line breaks and spaces that lay the text out."""
    if found[0] < " ":
        return found[0]
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def inert(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would start a formula."""
    return f"'{text}" if FORMULA.match(text) else text
