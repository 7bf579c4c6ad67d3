"""What a character is told and how its answer is read: pure functions from events to messages and back. No IO."""
