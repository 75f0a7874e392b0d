"""A single header: its bytes become words, and its words become fields, by the table or by the rules of recovery.

The tokens before and after a header, and the decision where one ends, do not belong here.
"""
