"""What data types have in common: checks, dictionary and JSON forms, unions told apart by a tag.

Nothing here knows tokens.
"""
