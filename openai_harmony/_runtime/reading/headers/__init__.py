"""One header: its bytes become words, and its words fields, by the table or by the rules of recovery.

What comes before and behind a header, and how one is met, is not known here.
"""
