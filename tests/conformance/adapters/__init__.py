"""Adapters of the conformance kit for libraries that are not this package; each says what it needs.

Ask one with `harmony conformance --target tests.conformance.adapters.NAME:Adapter` in a checkout.
"""
