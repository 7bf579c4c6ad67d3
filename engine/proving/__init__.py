"""Proofs about a story: every state that any player, any model and any chance can bring it to."""
