"""Lets `python -m engine` stand in for the `palaver` command."""

from engine.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
