"""Every change of a register, and what makes or alters one as a whole."""
