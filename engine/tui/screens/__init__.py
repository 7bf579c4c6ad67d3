"""The library, a game, and its saves."""
