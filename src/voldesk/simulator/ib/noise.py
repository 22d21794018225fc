"""
Random numbers that are functions of a name and a counter: the same whoever asks, and when.

A stream is a 64-bit number made of names; its n-th number is the finaliser of splitmix64 over
``stream + n * golden``. Nothing has a state, so a path can be entered anywhere.

Source: G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
"""

from hashlib import blake2b
from typing import Final

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_HALF_STEP: Final = 2.0**-54


def stream(*names: object) -> int:
    """Return the stream of some names, from 0 to 2**64 - 1."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def uniforms(of: int, counters: IntArray) -> FloatArray:
    """Return the numbers at those places of a stream, above 0 and below 1. ``(n,)``."""
    z = np.asarray(counters, dtype=np.int64).astype(np.uint64)
    z *= _GOLDEN
    z += np.uint64(of)
    z ^= z >> np.uint64(30)
    z *= _FIRST
    z ^= z >> np.uint64(27)
    z *= _SECOND
    z ^= z >> np.uint64(31)
    z >>= np.uint64(11)
    made: FloatArray = z.astype(np.float64)
    made *= 2.0**-53
    made += _HALF_STEP
    return made


def normals(of: int, counters: IntArray) -> FloatArray:
    """Return standard normal numbers at those places of a stream. ``(n,)``."""
    twice = 2 * np.asarray(counters, dtype=np.int64)
    radius = np.sqrt(-2.0 * np.log(uniforms(of, twice)))
    return radius * np.cos(2.0 * np.pi * uniforms(of, twice + 1))


def chance(of: int, counter: int) -> float:
    """Return one number of a stream, above 0 and below 1."""
    return float(uniforms(of, np.array([counter]))[0])
