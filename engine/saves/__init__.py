"""Keeping a playthrough: one SQLite file each, a tree of turns, committed before the screen says so."""
