"""Palaver: interactive fiction whose characters are played by a language model, and whose plot is not."""

__version__ = "0.1.0"
