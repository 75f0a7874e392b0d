"""Shared behaviour of the data types: validation, dictionary and JSON forms, tagged unions.

Nothing here depends on tokens.
"""
