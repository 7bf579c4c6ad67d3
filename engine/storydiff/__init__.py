"""What an edit changed in a story, and what it does to the games that are being played in it."""
