"""Thin edges to other libraries: one third-party import each, and its exceptions turned at the door.

Importing this package imports none of them.
"""
