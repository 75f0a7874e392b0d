"""The algorithms, which hold no fact of the format. A file, since a folder without one is no package inside a zip."""
