"""What an author writes: read, checked and compiled to an immutable graph. Knows nothing of play, models or screens."""
