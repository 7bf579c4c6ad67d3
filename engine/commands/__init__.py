"""The commands of `palaver`, one a module: each adds its arguments and runs. Heavy imports wait until it does."""
