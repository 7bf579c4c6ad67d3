"""The parts of the screens: each shows one thing, and none plays the game."""
