"""Text becomes ids and ids become bytes: the vocabulary, the encoder and the cache of what was encoded.

Nothing here knows what a message is.
"""
