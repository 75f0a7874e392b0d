"""Heuristic parsing of completions whose special tokens were removed. Parsing of tokens does not belong here."""
