"""What the documentation site needs besides MkDocs: links that leave docs/, Markdown as repositories have it."""
