"""Tokens, or text, become messages: the tables that are run, the reader that runs them, and what it reports.

What is needed to write a message does not belong here.
"""
