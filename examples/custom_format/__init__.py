"""A format of one's own: Harmony with a channel for plans, generated from a changed spec."""
