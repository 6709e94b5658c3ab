"""Between the two formats: one codec, a whole encoding, zarr-python's slots."""
