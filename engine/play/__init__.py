"""The rules of the game: pure functions over the graph and a list of events. No clock, IO, async or global random."""
