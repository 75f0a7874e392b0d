"""Whole datasets: tables of pyarrow, files of rows, and the engines that share the work.

What becomes of one conversation or completion is not decided here, but in the façades of the package. pyarrow is
imported by these modules alone, and Ray only by `ray_engine.py`.
"""
