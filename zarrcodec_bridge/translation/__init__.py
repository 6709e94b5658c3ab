"""Between the two formats: one codec, a whole encoding, zarr-python's slots."""

# makes the names of the built-in codecs known
import zarrcodec_bridge.codecs  # noqa: F401  # pyright: ignore[reportUnusedImport]
