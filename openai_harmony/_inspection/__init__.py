"""What `openai_harmony.inspection` shows of tokens: the model, how it is made, and its forms as text, page and server.

What belongs here is what only a person looks at. Rendering and parsing do not: they are called by their public names.
"""
