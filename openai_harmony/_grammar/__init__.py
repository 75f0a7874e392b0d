"""Grammars for constrained decoding: one tree of what a request allows, emitters for engines, and a judge."""
