"""The code generator: it reads `spec/` and writes the package. It and the package never import each other."""
