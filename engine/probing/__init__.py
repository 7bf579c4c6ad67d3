"""Whether a story's secrets keep: what is locked, what may be told, and what a character lets slip."""
