"""Writes Fixtures/arrays.npz, arrays of numpy.savez_compressed that NumPyFileTests reads; made with numpy 2.4.

Arrays TYPE_ORDER_LAYOUT, such as float32_big_fortran, have the shape (2, 3) and the elements 0, 1, 7, 11, 100, 101 (bool: 0, 1,
1, 1, 1, 1); the others have their name's form. Usage: python3 reference_arrays.py (in this folder)
"""
import io
import zipfile
import numpy as np

values = np.array([[0, 1, 7], [11, 100, 101]])
arrays = {}
for name in ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]:
    for order, sign in [("little", "<"), ("big", ">")]:
        if np.dtype(name).itemsize == 1 and order == "big":
            continue
        for layout in ["c", "fortran"]:
            a = values.astype(np.dtype(name).newbyteorder(sign))
            arrays[f"{name}_{order}_{layout}"] = np.asfortranarray(a) if layout == "fortran" else a
arrays["negative"] = np.array([-1.5, -2.25e-300, 1e300, np.inf])
arrays["limits"] = np.array([-(2**63), 2**63 - 1])
arrays["unsigned"] = np.array([2**64 - 1], dtype=np.uint64)
arrays["halves"] = np.array([65504, 6e-8, -0.1], dtype=np.float16)
arrays["scalar"] = np.array(2.5)
arrays["empty"] = np.zeros((0, 4), dtype=np.float32)
arrays["four_fortran"] = np.asfortranarray(np.arange(120.0).reshape(2, 3, 4, 5))
arrays["complex"] = np.array([1 + 2j])
arrays["text"] = np.array(["cat", "dog"])
arrays["bytes"] = np.array([b"cat"])
arrays["objects"] = np.array([1, "a", None], dtype=object)
arrays["structured"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
arrays["dates"] = np.array(["2024-01-01"], dtype="datetime64[D]")
arrays["long_double"] = np.array([1], dtype=np.longdouble)
np.savez_compressed("Fixtures/arrays.npz", **arrays)
np.savez("Fixtures/stored.npz", x=np.arange(6, dtype=np.float32).reshape(3, 2), y=np.array([0, 1, 0]))
# versions 2 and 3 of the format, and a name with an umlaut in a zip64 archive
with zipfile.ZipFile("Fixtures/versions.npz", "w") as archive:
    for version in [(1, 0), (2, 0), (3, 0)]:
        file = io.BytesIO()
        np.lib.format.write_array(file, np.arange(3, dtype=np.int16), version=version)
        with archive.open(f"größe{version[0]}.npy", "w", force_zip64=True) as member:
            member.write(file.getvalue())
