"""Missing values as xarray finds them: by the fill value of a v2 array, and by the attribute ``_FillValue`` in v3.

xarray reads arrays whose dimensions all have names. In v2 it takes elements that equal the array's `fill_value` for
missing; only where that is null, those that equal the attribute ``_FillValue``, a plain number. In v3 it takes the
attribute alone, and has its own encoding for it: whole numbers and booleans as they are, a float as the base64 of
eight little-endian bytes, a complex number as a pair of these (from xarray 2026.4 on). It cannot open v3 arrays of
other data types with that attribute. In both formats the attribute ``missing_value`` counts too, as it stands.

Source: ``FillValueCoder`` and ``ZarrStore.open_store_variable`` in `xarray/backends/zarr.py`, and ``CFMaskCoder`` in
`xarray/coding/variables.py`; measured with xarray 2026.9.0, 2025.1.1 and 2024.10.0.
"""

from zarrcodec_bridge.documents.missing_values.to_v2 import is_read_as_scalar, keep_in_v2
from zarrcodec_bridge.documents.missing_values.to_v3 import keep_in_v3, normalize_in_v3

__all__ = ["is_read_as_scalar", "keep_in_v2", "keep_in_v3", "normalize_in_v3"]
