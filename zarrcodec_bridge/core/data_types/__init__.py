"""Data types: v2 type strings, v3 names, any other spelling, and single values of a data type."""

from zarrcodec_bridge.core.data_types.data_type import DataType, Endian, Field, describe_dtype
from zarrcodec_bridge.core.data_types.spellings import (
    DTypeLike,
    array_dtype,
    read_data_type,
    read_dtype,
)
from zarrcodec_bridge.core.data_types.type_strings import (
    NumPyDType,
    Typestr,
    typestr,
    typestr_schema,
)

__all__ = [
    "DTypeLike",
    "DataType",
    "Endian",
    "Field",
    "NumPyDType",
    "Typestr",
    "array_dtype",
    "describe_dtype",
    "read_data_type",
    "read_dtype",
    "typestr",
    "typestr_schema",
]
