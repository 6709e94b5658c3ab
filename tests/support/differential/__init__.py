"""An adversary: random arrays and codecs, written and read by other programs before and after a translation.

`drawing_v2` and `drawing_v3` draw documents, `values` draws what is written, `stores` writes and reads with
zarr-python, tensorstore and (in a child process) zarr 2, and `properties` says what has to hold. A case is
made from a whole number alone, so that a fault is met again from its seed.
"""
