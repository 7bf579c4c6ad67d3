"""Plays a story many times with players who have no patience, no manners or a plan, and counts what they reached.

Every play goes through the same session as a person's game. It judges no writing: it says what was never read, where
players hang, and which lines nobody had written an answer to.
"""
