"""A server that speaks three APIs over one source of tokens; docs/server.md explains it."""
