"""The terminal app. The only place that knows textual."""
