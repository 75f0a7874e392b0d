"""Converts text to ids and ids to bytes: the vocabulary, the encoder, and the cache of encoded text.

Nothing here depends on messages.
"""
