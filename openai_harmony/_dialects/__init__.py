"""Conversions between the messages of APIs and conversations; the façades are `chat`, `responses` and `anthropic`.

Here: what the APIs have in common. What a message becomes is in `_generated/dialects.py`; what only one API says is in
the folder of its name.
"""
