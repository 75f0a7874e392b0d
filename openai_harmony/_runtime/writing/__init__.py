"""Converts messages to tokens: selects the messages of a history, renders them, and prints schemas.

This package contains nothing for parsing.
"""
