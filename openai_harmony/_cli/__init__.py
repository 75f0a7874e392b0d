"""The command `harmony`. Each command is a module; typer and rich are imported here alone.

What a command does belongs into the package, where programs can call it; here is how it is asked for and shown.
"""
