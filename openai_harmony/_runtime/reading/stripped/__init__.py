"""Completions whose special tokens were removed: a guess at the messages that they were."""
