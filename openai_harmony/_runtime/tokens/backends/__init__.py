"""Packages that encode text, each behind the same protocol, and which of them is used.

A backend turns text into ids. What a text may spell, and the order of special tokens and text, is the tokenizer's.
"""
