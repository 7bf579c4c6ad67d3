"""Talking to a model, over HTTP or from a script, behind one protocol. The only place that knows httpx."""
