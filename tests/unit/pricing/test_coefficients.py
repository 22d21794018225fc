"""The committed coefficients against the functions they stand for, at 50 digits."""

import importlib.util
from pathlib import Path
from types import ModuleType

import mpmath as mp
import pytest

from voldesk.pricing import coefficients as c

TOOL = Path(__file__).resolve().parents[3] / "tools" / "make_coefficients.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_coefficients", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exactly(coefficients: tuple[float, ...], x: mp.mpf) -> mp.mpf:
    """Evaluate without rounding: what is measured is the coefficients, not the arithmetic."""
    total = mp.mpf(0)
    for coefficient in reversed(coefficients):
        total = total * x + mp.mpf(coefficient)
    return total


def grid(low: float, high: float, count: int = 101) -> list[mp.mpf]:
    return [mp.mpf(low) + (mp.mpf(high) - mp.mpf(low)) * i / (count - 1) for i in range(count)]


def test_header_names_the_inputs_of_the_generator(tool: ModuleType) -> None:
    """The file was written by this generator from these inputs."""
    assert c.__file__ is not None
    assert Path(c.__file__).read_text(encoding="utf-8").startswith(tool.header())


def test_file_is_what_the_generator_writes(tool: ModuleType) -> None:
    """Tables that need no fit come out digit for digit."""
    with mp.workdps(tool.DIGITS):
        assert tuple(float(x) for x in tool.make_mills()) == c.MILLS
        half = mp.log(2) / 2
        exp = tool.fit_interval(tool.exp_tail, -half, half, tool.EXP_DEGREE)
    assert tuple(float(x) for x in exp) == c.EXP


def test_mills_ratio(tool: ModuleType) -> None:
    """R(y) is within 4e-16 of its polynomial from the lowest y on, of R where that is larger."""
    with mp.workdps(50):
        for u in grid(1e-3, 1.0):
            y = (c.MILLS_LOWEST + c.MILLS_SHIFT) / u - c.MILLS_SHIFT
            t = c.MILLS_SCALE / (y + c.MILLS_SHIFT) - 1
            expected = tool.mills(y)
            assert abs(exactly(c.MILLS, t) - expected) <= mp.mpf("4e-16") * max(1, expected), y


def test_bachelier_seed() -> None:
    """The closed-form inverse of the Bachelier price is within 4e-7."""
    with mp.workdps(50):
        for z in grid(1e-3, 8.6):
            price = mp.npdf(z) - z * mp.erfc(z / mp.sqrt(2)) / 2
            q = z / price
            log = mp.log(1 + q)
            shape = exactly(c.BACHELIER_TOP, log) / exactly(c.BACHELIER_BOTTOM, log)
            w = price * mp.sqrt(2 * mp.pi * (1 + q) + q * q * shape)
            assert abs(w - 1) <= 4e-7, z


def test_rho(tool: ModuleType) -> None:
    """Black over Bachelier stdev is within 6e-6, off the nodes of the fit too."""
    with mp.workdps(tool.DIGITS):
        for h in (mp.mpf("0.002"), mp.mpf("0.45"), mp.mpf("1.2"), mp.mpf("1.97")):
            for v in (mp.mpf("0.27"), mp.mpf("0.83"), mp.mpf("1.75"), mp.mpf("2.45")):
                v0 = tool.bachelier_stdev(h, v) * (h / 2) / mp.sinh(h / 2)
                p, square = v0 * v0, h * h
                rows = [exactly(c.RHO_TOP[i : i + 3], square) for i in (0, 3, 6)]
                top = rows[0] + p * (rows[1] + p * rows[2])
                rho = 1 + p * top / exactly(c.RHO_BOTTOM, p)
                assert abs(rho * v0 / v - 1) <= 6e-6, (h, v)


def test_inverse_sinhc(tool: ModuleType) -> None:
    """(h/2) / sinh(h/2) is within 2e-6, enough for a seed."""
    with mp.workdps(50):
        for square in grid(0.0, 9.0):
            error = exactly(c.INVERSE_SINHC, square) - tool.inverse_sinhc(square)
            assert abs(error) <= 2e-6, square


@pytest.mark.parametrize(("table", "largest"), [(c.ATANH, 0.0424), (c.LOG, 0.02945)])
def test_atanh_tails(tool: ModuleType, table: tuple[float, ...], largest: float) -> None:
    """What follows the leading term of 2 atanh(s) leaves an error below half a unit."""
    with mp.workdps(50):
        for square in grid(0.0, largest):
            error = (exactly(table, square) - tool.atanh_tail(square)) * square
            assert abs(error) <= mp.mpf("1e-17"), square


def test_rough_log(tool: ModuleType) -> None:
    """ln(1 + f) / f is within 5e-6 over a mantissa's range."""
    with mp.workdps(50):
        for f in grid(2**-0.5 - 1, 2**0.5 - 1):
            assert abs(exactly(c.ROUGH_LOG, f) - tool.rough_log(f)) <= 5e-6, f


def test_exp(tool: ModuleType) -> None:
    """The tail of the exponential leaves an error far below half a unit."""
    with mp.workdps(50):
        for r in grid(-0.3466, 0.3466):
            assert abs(exactly(c.EXP, r) - tool.exp_tail(r)) * r * r <= mp.mpf("3e-17"), r
