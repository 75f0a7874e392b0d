"""A fuzzer: builders of inputs, and the properties that a parser must have. It depends on this package only.

Inputs are built from the generated tables, so that a changed spec needs no change here. Hypothesis strategies with the
same builders belong in the package `testing`.
"""
