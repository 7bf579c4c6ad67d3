"""Reads words typed in a scene of choices as the choice they resemble. It chooses nothing by itself."""

from __future__ import annotations

