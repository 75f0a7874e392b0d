"""Inputs that try a parser, and what every parser of them must hold to; needs nothing but the package itself.

Inputs are built from the generated tables, so that a changed spec is fuzzed as it is. Hypothesis strategies over the
same builders stand in the package `testing`.
"""
