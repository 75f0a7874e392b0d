"""Messages become tokens: which of a history are written, in which parts, and how schemas are spelled.

What is needed to read a message does not belong here.
"""
