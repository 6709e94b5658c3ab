"""The 81 codecs of imagecodecs as data: kinds, parameters, defaults per format, and what each is for.

From `imagecodecs.numcodecs` (v2) and `imagecodecs.zarr` (v3) of imagecodecs 2026.10.10, whose names, parameters and
defaults these are; https://github.com/cgohlke/imagecodecs. A parameter's type is a word that :mod:`.types` spells
out: a plain type, ``"one of ..."``, or an enumeration of :mod:`.enums` by name. What is not required may be null.
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.codecs.imagecodecs.facts import REQUIRED, Facts, Parameter
from zarrcodec_bridge.core.spec import A2A, A2B, B2B

__all__ = ["CODECS"]

AXIS: Final = Parameter(
    "int",
    "The axis along which neighbours are taken; in v2 one of the codec's own shape.",
    default=-1,
    decodes=True,
    always=True,
)
BITSPERSAMPLE: Final = Parameter("int", "Significant bits per sample; all if null.")
BLOCKSIZE: Final = Parameter("int", "Bytes per block; chosen by the encoder if null.")
DTYPE: Final = Parameter(
    "dtype",
    "The data type of the chunk; v3 takes the array's.",
    only="v2",
    default=REQUIRED,
    implied=True,
)
HEIGHT: Final = Parameter(
    "int", "Rows of the image; v3 takes the chunk's.", only="v2", default=0, implied=True
)
INDEX: Final = Parameter(
    "int", "The frame to decode; null: what the format has first, or all frames.", decodes=True
)
LEVEL: Final = Parameter("int", "Compression level; chosen by the encoder if null.")
NUMTHREADS: Final = Parameter("int", "Threads to use; no part of the data.")
OPTIONAL_DTYPE: Final = Parameter(
    "dtype", "The data type of the chunk; v3 takes the array's.", only="v2", implied=True
)
OPTIONAL_SHAPE: Final = Parameter(
    "ints", "The shape of the chunk; v3 takes the array's.", only="v2", implied=True
)
PLANAR: Final = Parameter(
    "bool", "The samples of a pixel are planes, not neighbours.", decodes=True
)
SHAPE: Final = Parameter(
    "ints",
    "The shape of the chunk; v3 takes the array's.",
    only="v2",
    default=REQUIRED,
    implied=True,
)
SQUEEZE: Final = Parameter(
    "squeeze",
    "Which axes of length 1 are taken away: all (null), none (false), or a mask.",
    only="v2",
    implied=True,
)
TILE: Final = Parameter("2 ints", "Rows and columns of tiles.")
VERBOSE: Final = Parameter("int", "How much is logged; no part of the data.")
WIDTH: Final = Parameter(
    "int", "Columns of the image; v3 takes the chunk's.", only="v2", default=0, implied=True
)

CODECS: Final[dict[str, Facts]] = {
    "aec": Facts(
        B2B,
        "Adaptive entropy coding (CCSDS 121.0-B, libaec), as in szip and GRIB 2.",
        {
            "bitspersample": Parameter(
                "int",
                "Bits per sample; null: v2's encoder takes those of the elements, every decoder 8.",
                decodes=True,
            ),
            "flags": Parameter(
                "int", "libaec's flags (signed 1, MSB 4, preprocess 8, ...).", decodes=True
            ),
            "blocksize": Parameter("int", "Samples per block.", decodes=True),
            "rsi": Parameter("int", "Reference sample interval in blocks.", decodes=True),
        },
    ),
    "apng": Facts(
        A2B,
        "Animated PNG: a stack of lossless frames in one stream.",
        {
            "level": LEVEL,
            "strategy": Parameter("APNG.STRATEGY", "The deflate strategy."),
            "filter": Parameter("APNG.FILTER", "The filters to choose from per row."),
            "photometric": Parameter("APNG.COLOR_TYPE", "What the samples mean."),
            "delay": Parameter("int", "Milliseconds per frame."),
            "primaries": Parameter("APNG.COLOR_PRIMARIES", "Colour primaries (CICP)."),
            "transfer": Parameter("APNG.TRANSFER_CHARACTERISTICS", "The transfer function (CICP)."),
            "matrix": Parameter(
                "APNG.MATRIX_COEFFICIENTS", "Matrix coefficients of the colour space (CICP)."
            ),
            "squeeze": SQUEEZE,
        },
    ),
    "avif": Facts(
        A2B,
        "AV1 images (AVIF), lossy or lossless.",
        {
            "level": Parameter("int", "Quality, 0 to 100; lossless if null."),
            "speed": Parameter("int", "0 (slow) to 10 (fast)."),
            "tilelog2": Parameter(
                "2 ints", "Base 2 logarithm of the number of tile rows and columns."
            ),
            "bitspersample": BITSPERSAMPLE,
            "pixelformat": Parameter("AVIF.PIXEL_FORMAT", "The chroma subsampling."),
            "codec": Parameter("AVIF.CODEC_CHOICE", "The encoder."),
            "codec_decode": Parameter("AVIF.CODEC_CHOICE", "The decoder.", decodes=True),
            "primaries": Parameter("AVIF.COLOR_PRIMARIES", "Colour primaries (CICP)."),
            "transfer": Parameter("AVIF.TRANSFER_CHARACTERISTICS", "The transfer function (CICP)."),
            "matrix": Parameter(
                "AVIF.MATRIX_COEFFICIENTS", "Matrix coefficients of the colour space (CICP)."
            ),
            "numthreads": NUMTHREADS,
            "index": INDEX,
            "squeeze": SQUEEZE,
        },
    ),
    "b2nd": Facts(
        A2B,
        "Blosc2 n-dimensional frames, which hold shape and data type themselves.",
        {
            "level": LEVEL,
            "compressor": Parameter("B2ND.COMPRESSOR", "The compressor inside; blosclz if null."),
            "shuffle": Parameter(
                "B2ND.FILTER", "What is done to elements before they are compressed."
            ),
            "chunkshape": Parameter("ints", "The shape of Blosc2's chunks."),
            "blockshape": Parameter("ints", "The shape of blocks inside a chunk."),
            "numthreads": NUMTHREADS,
        },
    ),
    "bfloat16": Facts(
        A2B,
        "float32 elements as bfloat16: the first two bytes of each.",
        {
            "byteorder": Parameter(
                "one of > < =",
                "The byte order of the encoded elements: `<`, `>` or the machine's (`=`, and if null).",
                decodes=True,
            ),
            "rounding": Parameter("BFLOAT16.ROUND", "How to round."),
        },
    ),
    "bitorder": Facts(A2A, "Reverses the order of the bits in each byte."),
    "bitshuffle": Facts(
        A2B,
        "Transposes the bits of elements, block by block, without compressing them.",
        {
            "blocksize": Parameter(
                "int", "Elements per block; 0 is automatic.", default=0, decodes=True, always=True
            ),
            "itemsize": Parameter(
                "int",
                "Bytes per element; v3 takes the array's.",
                only="v2",
                default=1,
                implied=True,
            ),
        },
    ),
    "blosc": Facts(
        B2B,
        "Blosc 1 frames.",
        {
            "level": LEVEL,
            "compressor": Parameter("BLOSC.COMPRESSOR", "The compressor inside; blosclz if null."),
            "shuffle": Parameter(
                "BLOSC.SHUFFLE", "What is done to elements before they are compressed."
            ),
            "typesize": Parameter(
                "int", "Ignored by imagecodecs, which takes the size of the elements that it sees."
            ),
            "blocksize": BLOCKSIZE,
            "numthreads": NUMTHREADS,
        },
    ),
    "blosc2": Facts(
        B2B,
        "Blosc 2 frames; it reads those of Blosc 1 too.",
        {
            "level": LEVEL,
            "compressor": Parameter("BLOSC2.COMPRESSOR", "The compressor inside; blosclz if null."),
            "shuffle": Parameter(
                "BLOSC2.FILTER", "What is done to elements before they are compressed."
            ),
            "splitmode": Parameter("BLOSC2.SPLIT", "Whether blocks are split by byte."),
            "typesize": Parameter(
                "int", "Ignored by imagecodecs, which takes the size of the elements that it sees."
            ),
            "blocksize": BLOCKSIZE,
            "numthreads": NUMTHREADS,
        },
    ),
    "bmp": Facts(
        A2B,
        "Windows bitmap images, uncompressed.",
        {
            "ppm": Parameter("int", "Pixels per metre."),
            "asrgb": Parameter(
                "bool",
                "Decode to RGB; a gray image then has another shape than the chunk.",
                decodes=True,
            ),
            "squeeze": SQUEEZE,
        },
    ),
    "brotli": Facts(
        B2B,
        "Brotli compression (RFC 7932).",
        {
            "level": LEVEL,
            "mode": Parameter("BROTLI.MODE", "What the data is."),
            "lgwin": Parameter("int", "Base 2 logarithm of the window, 10 to 24."),
        },
    ),
    "byteshuffle": Facts(
        A2B,
        "Transposes the bytes of elements along one axis, as HDF5's shuffle and TIFF's predictors do.",
        {
            "axis": AXIS,
            "dist": Parameter(
                "int",
                "The distance to the neighbour in elements: 1, 2 or 4.",
                default=1,
                decodes=True,
                always=True,
            ),
            "delta": Parameter(
                "bool", "Also take differences.", default=False, decodes=True, always=True
            ),
            "reorder": Parameter(
                "bool",
                "Reverse the order of the bytes, as TIFF's predictor 3.",
                default=False,
                decodes=True,
                always=True,
            ),
            "shape": SHAPE,
            "dtype": DTYPE,
        },
    ),
    "bz2": Facts(B2B, "bzip2 compression.", {"level": LEVEL}),
    "ccittfax3": Facts(
        A2B,
        "CCITT Group 3 fax (ITU-T T.4) of bilevel images; imagecodecs only decodes it.",
        {
            "t4options": Parameter("int", "TIFF's T4Options flags.", default=0, decodes=True),
            "height": HEIGHT,
            "width": WIDTH,
        },
    ),
    "ccittfax4": Facts(
        A2B,
        "CCITT Group 4 fax (ITU-T T.6) of bilevel images; imagecodecs only decodes it.",
        {"height": HEIGHT, "width": WIDTH},
    ),
    "ccittrle": Facts(
        A2B,
        "CCITT modified Huffman run lengths of bilevel images; imagecodecs only decodes it.",
        {"height": HEIGHT, "width": WIDTH},
    ),
    "checksum": Facts(
        B2B,
        "A checksum of four bytes before or after the data.",
        {
            "kind": Parameter(
                "one of crc32 adler32 fletcher32 lookup3 h5crc",
                "The checksum.",
                v2=REQUIRED,
                v3="crc32",
                always=True,
            ),
            "value": Parameter("int", "The start value of the checksum.", decodes=True),
            "prefix": Parameter(
                "base64",
                "Bytes that the checksum takes in before the data, as base64.",
                decodes=True,
            ),
            "prepend": Parameter(
                "bool",
                "The checksum comes first; if null, for crc32 and adler32.",
                decodes=True,
                always=True,
            ),
            "byteorder": Parameter(
                "one of < > little big",
                "The byte order of the checksum.",
                default="<",
                decodes=True,
                always=True,
            ),
        },
    ),
    "chunked": Facts(
        B2B,
        "Blocks of zstd or lz4, as in CZI and similar files of microscopes.",
        {
            "level": LEVEL,
            "codec": Parameter("CHUNKED.CODEC", "The compressor of the blocks; zstd if null."),
            "chunksize": Parameter("int", "Bytes per block."),
            "itemsize": Parameter("int", "Bytes per element.", default=1, decodes=True),
            "hilo": Parameter(
                "bool", "Put the high and the low bytes of 16-bit elements apart.", default=False
            ),
        },
    ),
    "cms": Facts(
        A2A,
        "Colour transforms between two ICC profiles (Little CMS).",
        {
            "profile": Parameter(
                "base64",
                "The ICC profile of the elements, as base64.",
                default=REQUIRED,
                decodes=True,
                always=True,
            ),
            "outprofile": Parameter(
                "base64",
                "The ICC profile of the encoded elements, as base64.",
                default=REQUIRED,
                decodes=True,
                always=True,
            ),
            "colorspace": Parameter(
                "str", "The colour space of the elements, if not the profile's.", decodes=True
            ),
            "outcolorspace": Parameter(
                "str",
                "The colour space of the encoded elements, if not the profile's.",
                decodes=True,
            ),
            "planar": PLANAR,
            "outplanar": Parameter("bool", "The encoded samples are planar.", decodes=True),
            "intent": Parameter("CMS.INTENT", "The rendering intent.", decodes=True),
            "flags": Parameter("int", "Flags of the transform.", decodes=True),
            "shape": OPTIONAL_SHAPE,
            "dtype": OPTIONAL_DTYPE,
        },
    ),
    "dds": Facts(
        A2B,
        "DirectDraw surfaces, block-compressed textures; imagecodecs only decodes them.",
        {"mipmap": Parameter("int", "The mipmap level to decode.", default=0, decodes=True)},
    ),
    "deflate": Facts(
        B2B,
        "zlib or raw deflate streams (RFC 1950, 1951) by libdeflate.",
        {
            "level": LEVEL,
            "raw": Parameter(
                "bool",
                "A raw deflate stream, without header; imagecodecs cannot decode it here.",
                default=False,
                decodes=True,
            ),
        },
    ),
    "delta": Facts(
        A2A,
        "Differences between neighbours along one axis; those of floats are of their bits.",
        {
            "axis": AXIS,
            "dist": Parameter(
                "int",
                "The distance to the neighbour in elements; imagecodecs knows 1 alone.",
                default=1,
                decodes=True,
                always=True,
            ),
            "shape": OPTIONAL_SHAPE,
            "dtype": OPTIONAL_DTYPE,
        },
    ),
    "dicomrle": Facts(
        A2B,
        "DICOM run lengths, byte plane by byte plane; imagecodecs only decodes them.",
        {
            "dtype": Parameter(
                "dtype",
                "The data type to decode to, with its byte order.",
                v2=REQUIRED,
                v3="uint16",
                decodes=True,
                always=True,
            )
        },
    ),
    "eer": Facts(
        A2B,
        "Electron event representation, frames of an electron camera; imagecodecs only decodes them.",
        {
            "shape": Parameter(
                "2 ints",
                "Rows and columns of the frame.",
                default=REQUIRED,
                decodes=True,
                always=True,
            ),
            "skipbits": Parameter(
                "int",
                "Bits of the number of pixels to skip.",
                default=REQUIRED,
                decodes=True,
                always=True,
            ),
            "horzbits": Parameter(
                "int",
                "Bits of the horizontal sub-pixel position.",
                default=REQUIRED,
                decodes=True,
                always=True,
            ),
            "vertbits": Parameter(
                "int",
                "Bits of the vertical sub-pixel position.",
                default=REQUIRED,
                decodes=True,
                always=True,
            ),
            "superres": Parameter(
                "int", "Decode at 2 to that power times the resolution.", default=0, decodes=True
            ),
        },
    ),
    "exr": Facts(
        A2B,
        "OpenEXR images.",
        {
            "level": Parameter("float", "Level of the zip, or quality of the dwa compression."),
            "compression": Parameter("EXR.COMPRESSION", "The compression inside."),
            "colorinteropid": Parameter("str", "OpenEXR's colour interoperability identifier."),
            "planar": PLANAR,
            "frames": Parameter("bool", "Take the first axis for frames."),
            "index": INDEX,
            "squeeze": SQUEEZE,
        },
    ),
    "float24": Facts(
        A2B,
        "float32 elements as 24-bit floats.",
        {
            "byteorder": Parameter(
                "one of > < =",
                "The byte order of the encoded elements: `<`, `>` or the machine's (`=`, and if null).",
                decodes=True,
            ),
            "rounding": Parameter("FLOAT24.ROUND", "How to round."),
        },
    ),
    "floatpred": Facts(
        A2B,
        "TIFF's floating point predictor: bytes of elements transposed, then differences.",
        {
            "axis": AXIS,
            "dist": Parameter(
                "int",
                "The distance to the neighbour in elements: 1, 2 or 4.",
                default=1,
                decodes=True,
                always=True,
            ),
            "shape": SHAPE,
            "dtype": DTYPE,
        },
    ),
    "gif": Facts(A2B, "GIF images.", {"squeeze": SQUEEZE}),
    "hcomp": Facts(
        A2B,
        "FITS HCOMPRESS_1: H-transform compression of images.",
        {
            "level": Parameter("int", "The scale: 0 is lossless.", default=0),
            "smooth": Parameter("int", "Smooth the image when decoding.", default=0, decodes=True),
            "safe32": Parameter("bool", "Compute in 64 bits when decoding.", decodes=True),
            "shape": SHAPE,
            "squeeze": SQUEEZE,
        },
    ),
    "heif": Facts(
        A2B,
        "HEIF images (HEVC and others), lossy; not in the Linux wheels of imagecodecs.",
        {
            "level": Parameter("int", "Quality, 0 to 100; lossless if null."),
            "bitspersample": BITSPERSAMPLE,
            "photometric": Parameter("HEIF.COLORSPACE", "What the samples mean.", decodes=True),
            "compression": Parameter("HEIF.COMPRESSION", "The compression inside."),
            "numthreads": NUMTHREADS,
            "index": INDEX,
            "squeeze": SQUEEZE,
        },
    ),
    "htj2k": Facts(
        A2B,
        "High-throughput JPEG 2000 (JPEG 2000 part 15) code streams.",
        {
            "level": Parameter(
                "float", "Quantization step (< 1) or quality factor; lossless if null."
            ),
            "rgb": Parameter("bool", "Transform colours."),
            "planar": PLANAR,
            "bitspersample": BITSPERSAMPLE,
            "tile": TILE,
            "resolutions": Parameter("int", "The number of resolutions."),
            "reversible": Parameter("bool", "Use the reversible transform."),
            "tlm": Parameter("bool", "Write tile length markers."),
            "tilepart": Parameter("HTJ2K.TILEPART", "What tile parts are divided by."),
            "block_size": Parameter("2 ints", "Width and height of code blocks."),
            "prog_order": Parameter("str", "The progression order, such as RPCL."),
            "profile": Parameter("str", "The profile of the code stream."),
            "skipres": Parameter(
                "int",
                "How many of the highest resolutions to leave out when decoding.",
                decodes=True,
            ),
            "resilient": Parameter(
                "bool",
                "Decode what can be decoded of a damaged stream.",
                default=False,
                decodes=True,
            ),
            "squeeze": SQUEEZE,
        },
    ),
    "isal": Facts(
        B2B,
        "zlib, gzip or raw deflate streams by Intel ISA-L.",
        {
            "level": LEVEL,
            "raw": Parameter(
                "bool", "A raw deflate stream, without header.", default=False, decodes=True
            ),
            "gzip": Parameter("bool", "Write a gzip stream.", default=False),
        },
    ),
    "jpeg": Facts(
        A2B,
        "JPEG images of 8, 12 or 16 bits, lossy or lossless.",
        {
            "level": Parameter("int", "Quality, 0 to 100."),
            "bitspersample": Parameter("int", "Not used: left from files that name it (TIFF)."),
            "tables": Parameter(
                "base64",
                "Quantization and Huffman tables that the stream lacks, as base64.",
                decodes=True,
            ),
            "header": Parameter(
                "base64", "Bytes to put before the stream when decoding, as base64.", decodes=True
            ),
            "colorspace_data": Parameter(
                "JPEG8.CS", "The colour space of the elements.", decodes=True
            ),
            "colorspace_jpeg": Parameter(
                "JPEG8.CS", "The colour space inside the JPEG.", decodes=True
            ),
            "subsampling": Parameter(
                "str or 2 ints", "Chroma subsampling: `444`, `422`, `420`, ..., or factors."
            ),
            "optimize": Parameter("bool", "Optimize the Huffman tables."),
            "smoothing": Parameter("bool", "Smooth the image when encoding."),
            "lossless": Parameter("bool", "Use the lossless process."),
            "predictor": Parameter("int", "The predictor of lossless JPEG, 1 to 7."),
            "fancyupsampling": Parameter("bool", "Smooth the colours when decoding.", decodes=True),
            "squeeze": SQUEEZE,
        },
    ),
    "jpeg2k": Facts(
        A2B,
        "JPEG 2000 images.",
        {
            "level": Parameter("int", "Quality as PSNR in dB; lossless if null."),
            "codecformat": Parameter("JPEG2K.CODEC", "A JP2 file or the bare code stream."),
            "colorspace": Parameter(
                "JPEG2K.CLRSPC", "The colour space that is written into the stream."
            ),
            "planar": PLANAR,
            "tile": TILE,
            "bitspersample": BITSPERSAMPLE,
            "resolutions": Parameter("int", "The number of resolutions."),
            "reversible": Parameter("bool", "Use the reversible transform."),
            "mct": Parameter("bool", "Transform RGB to YCC.", default=True),
            "skipres": Parameter(
                "int",
                "How many of the highest resolutions to leave out when decoding.",
                decodes=True,
            ),
            "verbose": VERBOSE,
            "numthreads": NUMTHREADS,
            "squeeze": SQUEEZE,
        },
    ),
    "jpegls": Facts(
        A2B,
        "JPEG-LS images, lossless or near-lossless.",
        {
            "level": Parameter("int", "The largest error; 0 is lossless."),
            "bitspersample": BITSPERSAMPLE,
            "transformation": Parameter(
                "JPEGLS.COLOR_TRANSFORMATION", "The colour transform of HP."
            ),
            "spiff": Parameter("bool", "Write a SPIFF header."),
            "squeeze": SQUEEZE,
        },
    ),
    "jpegxl": Facts(
        A2B,
        "JPEG XL images, lossless or lossy.",
        {
            "level": Parameter("int", "Quality to 100; above 100 is lossless."),
            "effort": Parameter("int", "1 (fast) to 10 (small)."),
            "distance": Parameter(
                "float", "Butteraugli distance: 0 (lossless) to 25; 1 looks the same."
            ),
            "lossless": Parameter(
                "bool", "Encode without loss; if null: unless level or distance say otherwise."
            ),
            "decodingspeed": Parameter("int", "0 (best compression) to 4 (fastest to decode)."),
            "photometric": Parameter("JPEGXL.COLOR_SPACE", "What the samples mean."),
            "bitspersample": BITSPERSAMPLE,
            "planar": Parameter("bool", "The samples of a pixel are planes, not neighbours."),
            "primaries": Parameter("JPEGXL.PRIMARIES", "Colour primaries (CICP)."),
            "transfer": Parameter("JPEGXL.TRANSFER_FUNCTION", "The transfer function (CICP)."),
            "perceptualheuristics": Parameter("bool", "Let the encoder use perceptual heuristics."),
            "usecontainer": Parameter("bool", "Write a file, not the bare code stream."),
            "index": INDEX,
            "keeporientation": Parameter(
                "bool",
                "Leave the pixels as they are stored, whatever the orientation.",
                decodes=True,
            ),
            "numthreads": NUMTHREADS,
            "squeeze": SQUEEZE,
        },
    ),
    "jpegxr": Facts(
        A2B,
        "JPEG XR (HD Photo) images.",
        {
            "level": Parameter("float", "Quality, 0 to 1 or 100; lossless if null."),
            "photometric": Parameter("JPEGXR.PI", "What the samples mean."),
            "hasalpha": Parameter("bool", "The last sample is alpha."),
            "resolution": Parameter("2 floats", "Pixels per unit, horizontal and vertical."),
            "fp2int": Parameter(
                "bool", "Decode fixed-point samples as integers.", default=False, decodes=True
            ),
            "squeeze": SQUEEZE,
        },
    ),
    "jpegxs": Facts(
        A2B,
        "JPEG XS images, of low latency; not in the Linux wheels of imagecodecs.",
        {
            "config": Parameter("str", "SVT-JPEG-XS options as text."),
            "bitspersample": BITSPERSAMPLE,
            "verbose": VERBOSE,
            "squeeze": SQUEEZE,
        },
    ),
    "lerc": Facts(
        A2B,
        "Limited error raster compression (Esri LERC).",
        {
            "level": Parameter("float", "The largest error; 0 is lossless."),
            "version": Parameter("int", "The version of the LERC blob."),
            "planar": Parameter(
                "bool", "The samples of a pixel are planes, not neighbours.", default=False
            ),
            "compression": Parameter(
                "one of zstd deflate", "What compresses the LERC blob once more; nothing if null."
            ),
            "compressionargs": Parameter("json", "Arguments of that compression."),
            "squeeze": SQUEEZE,
        },
    ),
    "ljpeg": Facts(
        A2B,
        "Lossless JPEG (the 1992 process), as in DNG files.",
        {"bitspersample": BITSPERSAMPLE, "squeeze": SQUEEZE},
    ),
    "lz4": Facts(
        B2B,
        "One LZ4 block.",
        {
            "level": Parameter("int", "Acceleration (1 is default), or the level of LZ4 HC."),
            "hc": Parameter("bool", "Compress with LZ4 HC.", default=False),
            "header": Parameter(
                "bool",
                "The length of the data, 4 bytes, little-endian, comes first.",
                default=False,
                decodes=True,
            ),
        },
    ),
    "lz4f": Facts(
        B2B,
        "LZ4 frames.",
        {
            "level": LEVEL,
            "blocksizeid": Parameter("int", "The code of the block size, 4 (64 KiB) to 7 (4 MiB)."),
            "blockchecksum": Parameter("bool", "Add a checksum to each block."),
            "contentchecksum": Parameter("bool", "Add a checksum of the whole data."),
            "contentsize": Parameter("bool", "Write the size of the data into the frame."),
        },
    ),
    "lz4h5": Facts(
        B2B,
        "LZ4 blocks in the layout of HDF5's filter 32004.",
        {"level": LEVEL, "blocksize": BLOCKSIZE},
    ),
    "lzf": Facts(
        B2B,
        "LZF compression.",
        {
            "header": Parameter(
                "bool",
                "The lengths of data and stream come first.",
                default=True,
                decodes=True,
                always=True,
            )
        },
    ),
    "lzfse": Facts(B2B, "LZFSE compression."),
    "lzham": Facts(B2B, "LZHAM compression.", {"level": LEVEL}),
    "lzma": Facts(
        B2B,
        "LZMA 2 in the .xz container.",
        {"level": LEVEL, "check": Parameter("LZMA.CHECK", "The integrity check; CRC64 if null.")},
    ),
    "lzo": Facts(
        B2B,
        "LZO compression; imagecodecs only decodes it.",
        {
            "header": Parameter(
                "bool",
                "The length of the data comes first.",
                default=False,
                decodes=True,
                always=True,
            )
        },
    ),
    "lzw": Facts(B2B, "LZW compression as in TIFF."),
    "meshopt": Facts(
        A2B,
        "meshoptimizer's vertex buffers.",
        {
            "items": Parameter("int", "Elements per vertex.", decodes=True),
            "level": Parameter("int", "Compression level of the vertex encoding."),
            "shape": SHAPE,
            "dtype": DTYPE,
        },
    ),
    "openzl": Facts(
        B2B, "OpenZL frames; not in the Linux wheels of imagecodecs.", {"level": LEVEL}
    ),
    "packbits": Facts(
        B2B,
        "Apple's and TIFF's run lengths of bytes; not the packing of bits that others call packbits.",
    ),
    "packints": Facts(
        A2B,
        "Integers of few bits each, packed one after the other.",
        {
            "bitspersample": Parameter(
                "int", "Bits per integer.", v2=REQUIRED, v3=8, decodes=True, always=True
            ),
            "bitorder": Parameter(
                "one of > <",
                "`>`: the first bit of a byte is the highest (default); `<`: the lowest.",
                decodes=True,
            ),
            "runlen": Parameter(
                "int",
                "Integers per run, after which packing starts at a whole byte; 0 is no runs.",
                default=0,
                decodes=True,
                always=True,
            ),
            "dtype": DTYPE,
        },
    ),
    "pcodec": Facts(
        A2B,
        "Pcodec compression of numbers (pcodec's standalone format).",
        {
            "level": LEVEL,
            "pagesize": Parameter("int", "Elements per page."),
            "shape": SHAPE,
            "dtype": DTYPE,
        },
    ),
    "pcx": Facts(A2B, "PCX images.", {"index": INDEX, "squeeze": SQUEEZE}),
    "pglz": Facts(
        B2B,
        "PostgreSQL's LZ compression.",
        {
            "header": Parameter(
                "bool",
                "The length of the data comes first.",
                default=True,
                decodes=True,
                always=True,
            ),
            "strategy": Parameter("str or 6 ints", "`default`, `always`, or its six numbers."),
            "checkcomplete": Parameter(
                "bool", "Check when decoding that all data was used.", decodes=True
            ),
        },
    ),
    "pixarlog": Facts(
        A2B,
        "Pixar's 11-bit logarithmic encoding of images, as in TIFF.",
        {
            "level": LEVEL,
            "deflate": Parameter(
                "bool", "Compress the logarithms with deflate.", default=True, decodes=True
            ),
            "shape": SHAPE,
            "dtype": OPTIONAL_DTYPE,
            "squeeze": SQUEEZE,
        },
    ),
    "plio": Facts(
        A2B,
        "FITS PLIO_1: IRAF pixel lists of integer masks.",
        {"shape": SHAPE, "dtype": OPTIONAL_DTYPE},
    ),
    "png": Facts(
        A2B,
        "PNG images, lossless.",
        {
            "level": LEVEL,
            "strategy": Parameter("PNG.STRATEGY", "The deflate strategy."),
            "filter": Parameter("PNG.FILTER", "The filters to choose from per row."),
            "primaries": Parameter("PNG.COLOR_PRIMARIES", "Colour primaries (CICP)."),
            "transfer": Parameter("PNG.TRANSFER_CHARACTERISTICS", "The transfer function (CICP)."),
            "matrix": Parameter(
                "PNG.MATRIX_COEFFICIENTS", "Matrix coefficients of the colour space (CICP)."
            ),
            "squeeze": SQUEEZE,
        },
    ),
    "qoi": Facts(
        A2B,
        'QOI images: "Quite OK Image Format", lossless.',
        {
            "colorspace": Parameter(
                "QOI.COLORSPACE", "The colour space that is written into the stream."
            ),
            "squeeze": SQUEEZE,
        },
    ),
    "quantize": Facts(
        A2A,
        "Rounds floats so that they compress better; decoding returns them as they are.",
        {
            "mode": Parameter(
                "one of bitgroom granularbr gbr bitround scale",
                "How values are rounded.",
                v2=REQUIRED,
                v3="bitgroom",
                always=True,
            ),
            "nsd": Parameter(
                "int",
                "Significant decimal digits, or bits for `bitround`.",
                v2=REQUIRED,
                v3=8,
                always=True,
            ),
        },
    ),
    "rcomp": Facts(
        A2B,
        "FITS RICE_1: Rice compression of integers.",
        {
            "nblock": Parameter("int", "Elements per block, 32 if null.", decodes=True),
            "shape": SHAPE,
            "dtype": DTYPE,
        },
    ),
    "rgbe": Facts(
        A2B,
        "Radiance RGBE (HDR) images.",
        {
            "header": Parameter(
                "bool",
                "The stream has Radiance's header, which says its shape.",
                default=False,
                decodes=True,
            ),
            "rle": Parameter("bool", "Use run lengths.", decodes=True),
            "shape": OPTIONAL_SHAPE,
            "squeeze": SQUEEZE,
        },
    ),
    "snappy": Facts(B2B, "Snappy compression.", {"level": LEVEL}),
    "sperr": Facts(
        A2B,
        "SPERR wavelet compression of floats, lossy.",
        {
            "level": Parameter(
                "float",
                "Bits per point, PSNR or largest error, as `mode` says.",
                v2=REQUIRED,
                v3=0.0,
                always=True,
            ),
            "mode": Parameter(
                "one of bpp psnr pwe",
                "What `level` bounds: bits per point, PSNR or the point-wise error.",
                v2=REQUIRED,
                v3="bpp",
                always=True,
            ),
            "chunks": Parameter("3 ints", "The shape of the blocks that are encoded alone."),
            "header": Parameter(
                "bool",
                "The stream has a header, which says its shape and data type.",
                default=True,
                decodes=True,
                always=True,
            ),
            "numthreads": NUMTHREADS,
            "dtype": OPTIONAL_DTYPE,
            "shape": OPTIONAL_SHAPE,
            "squeeze": SQUEEZE,
        },
    ),
    "spng": Facts(
        A2B, "PNG images by libspng, 8 bits when decoding.", {"level": LEVEL, "squeeze": SQUEEZE}
    ),
    "sz3": Facts(
        A2B,
        "SZ3 error-bounded compression, lossy; streams of another SZ3 version do not decode.",
        {
            "mode": Parameter(
                "one of abs rel abs_or_rel abs_and_rel",
                "Which of the error bounds hold.",
                default="abs",
                always=True,
            ),
            "abs": Parameter("float", "Absolute error bound.", default=0.0, always=True),
            "rel": Parameter("float", "Relative error bound.", default=0.0, always=True),
            "shape": SHAPE,
            "dtype": DTYPE,
        },
    ),
    "szip": Facts(
        B2B,
        "SZIP compression as in HDF5.",
        {
            "options_mask": Parameter(
                "int",
                "szip's options (4 entropy coding, 32 nearest neighbour, 128 raw, ...).",
                v2=REQUIRED,
                v3=0,
                decodes=True,
                always=True,
            ),
            "pixels_per_block": Parameter(
                "int",
                "Samples per block, an even number up to 32.",
                v2=REQUIRED,
                v3=0,
                decodes=True,
                always=True,
            ),
            "bits_per_pixel": Parameter(
                "int", "Bits per sample.", v2=REQUIRED, v3=0, decodes=True, always=True
            ),
            "pixels_per_scanline": Parameter(
                "int", "Samples per scan line.", v2=REQUIRED, v3=0, decodes=True, always=True
            ),
            "header": Parameter(
                "bool",
                "The length of the data, 4 bytes, comes first.",
                default=True,
                decodes=True,
                always=True,
            ),
        },
    ),
    "tga": Facts(
        A2B,
        "Truevision TGA images.",
        {"rle": Parameter("bool", "Use run lengths.", default=False), "squeeze": SQUEEZE},
    ),
    "tiff": Facts(
        A2B,
        "TIFF files in memory.",
        {
            "index": INDEX,
            "asrgb": Parameter("bool", "Decode to 8-bit RGBA.", default=False, decodes=True),
            "bigtiff": Parameter("bool", "Write BigTIFF; by size if null."),
            "byteorder": Parameter("TIFF.ENDIAN", "The byte order of the file."),
            "subfiletype": Parameter("TIFF.FILETYPE", "What the image is to its file."),
            "photometric": Parameter("TIFF.PHOTOMETRIC", "What the samples mean."),
            "planarconfig": Parameter(
                "TIFF.PLANARCONFIG", "The samples of a pixel are neighbours or planes."
            ),
            "extrasample": Parameter("TIFF.EXTRASAMPLE", "What the extra sample means."),
            "tile": TILE,
            "rowsperstrip": Parameter("int", "Rows per strip."),
            "bitspersample": BITSPERSAMPLE,
            "compression": Parameter("TIFF.COMPRESSION", "The compression inside."),
            "subcodec": Parameter("TIFF.SUBCODEC", "The library that does the compression."),
            "level": LEVEL,
            "predictor": Parameter(
                "bool or TIFF.PREDICTOR", "The predictor; true is the one for the data type."
            ),
            "verbose": VERBOSE,
            "colormap": Parameter("json", "The palette.", only="v2"),
            "iccprofile": Parameter(
                "base64", "The ICC profile that is written, as base64.", only="v2"
            ),
            "description": Parameter("str", "The image description that is written.", only="v2"),
            "datetime": Parameter("str", "The date and time that is written.", only="v2"),
            "resolution": Parameter(
                "2 floats", "Pixels per unit, horizontal and vertical.", only="v2"
            ),
            "resolutionunit": Parameter("TIFF.RESUNIT", "The unit of the resolution.", only="v2"),
            "software": Parameter("str", "The software that is written.", only="v2"),
            "squeeze": SQUEEZE,
        },
    ),
    "ultrahdr": Facts(
        A2B,
        "Ultra HDR: a JPEG with a gain map.",
        {
            "level": Parameter("int", "JPEG quality, 0 to 100."),
            "scale": Parameter("int", "How much smaller the gain map is."),
            "gamut": Parameter("ULTRAHDR.CG", "The colour gamut."),
            "crange": Parameter("ULTRAHDR.CR", "The range of the colour values."),
            "transfer": Parameter(
                "ULTRAHDR.CT",
                "The transfer function; imagecodecs 2026.10.10 cannot decode once it is set.",
                decodes=True,
            ),
            "nits": Parameter("float", "The peak luminance of the target display."),
            "boostmin": Parameter("float", "The smallest boost of the gain map."),
            "boostmax": Parameter("float", "The largest boost of the gain map."),
            "usage": Parameter("ULTRAHDR.USAGE", "Prefer speed or quality."),
            "codec": Parameter("ULTRAHDR.CODEC", "The image format of the base image."),
            "gainmap_gamma": Parameter("float", "The gamma of the gain map."),
            "gainmap_level": Parameter("int", "The JPEG quality of the gain map."),
            "multichannel": Parameter("bool", "A gain map per channel."),
            "dtype": Parameter(
                "dtype", "The data type to decode to: float16, uint8 or uint32.", decodes=True
            ),
            "boost": Parameter("float", "The display boost to decode for.", decodes=True),
            "squeeze": SQUEEZE,
        },
    ),
    "wavpack": Facts(
        A2B,
        "WavPack compression of integers and floats, as of audio.",
        {
            "level": LEVEL,
            "bitrate": Parameter(
                "float", "Bits per sample of lossy (hybrid) encoding; lossless if null."
            ),
            "channels": Parameter(
                "bool",
                "Take the last axis for channels, instead of one flat signal.",
                default=False,
            ),
            "numthreads": NUMTHREADS,
        },
    ),
    "webp": Facts(
        A2B,
        "WebP images, lossy or lossless.",
        {
            "level": Parameter("float", "Quality, 0 to 100, where not lossless."),
            "lossless": Parameter("bool", "Encode without loss, as it does if null."),
            "method": Parameter("int", "0 (fast) to 6 (small)."),
            "index": INDEX,
            "hasalpha": Parameter("bool", "Decode with alpha.", decodes=True),
            "numthreads": NUMTHREADS,
            "delay": Parameter("int", "Milliseconds per frame."),
            "squeeze": SQUEEZE,
        },
    ),
    "wic": Facts(
        A2B,
        "Images by the Windows Imaging Component; on Windows only.",
        {
            "level": LEVEL,
            "format": Parameter("WIC.FORMAT", "The container format."),
            "index": Parameter("int", "The frame to decode.", default=0, decodes=True),
            "squeeze": SQUEEZE,
        },
    ),
    "xor": Facts(
        A2A,
        "Exclusive or with the neighbour along one axis.",
        {"axis": AXIS, "shape": OPTIONAL_SHAPE, "dtype": OPTIONAL_DTYPE},
    ),
    "zfp": Facts(
        A2B,
        "zfp compression of numbers, with imagecodecs' header or a mini header.",
        {
            "level": Parameter(
                "int",
                "Rate, precision or tolerance, as `mode` says; a whole number in both formats.",
            ),
            "mode": Parameter("ZFP.MODE", "What `level` bounds; reversible if null."),
            "execution": Parameter("ZFP.EXEC", "Where it runs."),
            "chunksize": Parameter("int", "Blocks per thread."),
            "header": Parameter(
                "bool",
                "The stream has zfp's full header, which says its shape and data type.",
                default=True,
                decodes=True,
                always=True,
            ),
            "numthreads": NUMTHREADS,
            "shape": OPTIONAL_SHAPE,
            "dtype": OPTIONAL_DTYPE,
            "strides": Parameter("ints", "The strides to decode to.", only="v2", implied=True),
        },
    ),
    "zlib": Facts(B2B, "zlib compression (RFC 1950).", {"level": LEVEL}),
    "zlibng": Facts(B2B, "zlib compression (RFC 1950) by zlib-ng.", {"level": LEVEL}),
    "zopfli": Facts(
        B2B,
        "zlib streams by Zopfli: small and slow to write.",
        {
            "level": Parameter("int", "Iterations, 1 to 255."),
            "format": Parameter(
                "int", "0 gzip, 1 zlib (default), 2 raw deflate; imagecodecs decodes zlib alone."
            ),
            "blocksplitting": Parameter("bool", "Split the data into blocks."),
            "blocksplittingmax": Parameter("int", "The most blocks; 0 is no limit."),
        },
    ),
    "zstd": Facts(
        B2B,
        "Zstandard compression.",
        {
            "level": LEVEL,
            "numthreads": Parameter("int", "Threads to use; no part of the data.", only="v3"),
        },
    ),
    "zstd1": Facts(
        B2B,
        "Zstandard as in CZI files, with a header that says whether bytes are shuffled; it reads plain frames too.",
        {
            "level": LEVEL,
            "itemsize": Parameter(
                "int", "Bytes per element; null in v3: the array's.", v2=1, v3=None, decodes=True
            ),
            "samples": Parameter(
                "int", "Samples per pixel; 3 are decoded from BGR to RGB.", default=1, decodes=True
            ),
            "hilo": Parameter("bool", "Put the high and the low bytes of 16-bit elements apart."),
            "numthreads": Parameter("int", "Threads to use; no part of the data.", only="v3"),
        },
    ),
}
