"""The parser: the shape of its tables, the reader that executes them, and the values that it reports.

Code that writes messages does not belong here.
"""
