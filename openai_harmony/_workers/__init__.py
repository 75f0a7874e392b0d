"""Processes that do a part of the work each, whatever the work is: forked where that is safe, and spawned otherwise.

`chunks.py` has what both kinds do with a part of the items, and how the results are joined.
"""
