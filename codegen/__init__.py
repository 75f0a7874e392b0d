"""From `spec/` to text: reading the spec, writing the package. Neither of the two imports the other."""
