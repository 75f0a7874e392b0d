"""How values show themselves in notebooks. What needs a page, a script or a server does not belong here."""
