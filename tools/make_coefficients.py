"""
Write ``src/voldesk/pricing/coefficients.py``: every polynomial the pricing kernels evaluate.

All arithmetic is mpmath's, 60 digits, so the file comes out the same on every machine. Run it
from the repository root after changing an input below (about half a minute):

    python tools/make_coefficients.py            # write it
    python tools/make_coefficients.py --check    # say whether it is what this would write
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import mpmath as mp

TARGET = Path(__file__).resolve().parent.parent / "src" / "voldesk" / "pricing" / "coefficients.py"
DIGITS = 60
mp.mp.dps = DIGITS

# The inputs: change one, run the script, and the header of the written file changes with it.
MILLS_SHIFT = 6.5  # R(y) is a polynomial in 1 / (y + MILLS_SHIFT) ...
MILLS_LOWEST = -1.5  # ... on y >= MILLS_LOWEST, so for a total stdev up to 3
MILLS_DEGREE = 28
BACHELIER_FARTHEST = "8.7"  # the seed is fitted on 0 < z <= this
BACHELIER_DEGREES = (5, 6)
RHO_LARGEST_H = 2.0  # the ratio Black stdev / Bachelier seed is fitted on h <= this ...
RHO_LARGEST_V = 2.5  # ... and total stdev <= this
SINHC_LARGEST_H = 3
SINHC_DEGREE = 5
ATANH_LARGEST_SQUARE = "0.0424"  # strike / forward scaled by 2^k lies within 2/3 .. 3/2
ATANH_DEGREE = 8
LOG_LARGEST_SQUARE = "0.02945"  # ((sqrt 2 - 1) / (sqrt 2 + 1))^2, rounded up
LOG_DEGREE = 7
ROUGH_LOG_DEGREE = 6
EXP_DEGREE = 9

Number = mp.mpf
Function = Callable[[Number], Number]


def chebyshev_to_powers(chebyshev: Sequence[Number]) -> list[Number]:
    """Return sum' c_n T_n(t) (first term halved) as coefficients of 1, t, t^2, ..."""
    basis = [[mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]]
    for n in range(2, len(chebyshev)):
        shifted = [mp.mpf(0), *(2 * c for c in basis[n - 1])]
        for power, c in enumerate(basis[n - 2]):
            shifted[power] -= c
        basis.append(shifted)
    powers = [mp.mpf(0)] * len(chebyshev)
    for n, weight in enumerate(chebyshev):
        for power, c in enumerate(basis[n]):
            powers[power] += (weight / 2 if n == 0 else weight) * c
    return powers


def fit_chebyshev(function: Function, degree: int, nodes: int = 64) -> list[Number]:
    """Interpolate ``function`` on [-1, 1] at Chebyshev nodes; return coefficients of powers."""
    angles = [mp.pi * (j + mp.mpf("0.5")) / nodes for j in range(nodes)]
    values = [function(mp.cos(angle)) for angle in angles]
    chebyshev = [
        2 * mp.fsum(f * mp.cos(n * angle) for f, angle in zip(values, angles, strict=True)) / nodes
        for n in range(degree + 1)
    ]
    return chebyshev_to_powers(chebyshev)


def fit_interval(function: Function, low: Number, high: Number, degree: int) -> list[Number]:
    """Interpolate on [low, high]; return coefficients of powers of the argument itself."""
    middle, half = (low + high) / 2, (high - low) / 2
    inner = fit_chebyshev(lambda t: function(middle + half * t), degree)
    powers = [mp.mpf(0)]
    for coefficient in reversed(inner):  # Horner in polynomials: t = (x - middle) / half
        longer = [mp.mpf(0)] * (len(powers) + 1)
        for i, p in enumerate(powers):
            longer[i] -= p * middle / half
            longer[i + 1] += p / half
        longer[0] += coefficient
        powers = longer
    return powers[: degree + 1]


def mills(y: Number) -> Number:
    """Return the Mills ratio (1 - N(y)) / n(y)."""
    if y > 60:  # erfc underflows long before its asymptotic series loses a digit
        term, total = 1 / y, mp.mpf(0)
        for n in range(40):
            total += term
            term *= -(2 * n + 1) / (y * y)
        return total
    return mp.sqrt(mp.pi / 2) * mp.erfc(y / mp.sqrt(2)) * mp.exp(y * y / 2)


def make_mills() -> list[Number]:
    """Fit R(y) in t = 2 (low + shift) / (y + shift) - 1, which maps y >= low onto (-1, 1]."""
    width = mp.mpf(MILLS_LOWEST + MILLS_SHIFT)  # both are exact in binary
    return fit_chebyshev(lambda t: mills(2 * width / (1 + t) - MILLS_SHIFT), MILLS_DEGREE)


def solve_weighted(
    rows: list[list[Number]], right: list[Number], weight: list[Number]
) -> mp.matrix:
    """Solve the least-squares problem by normal equations; 60 digits make them harmless."""
    size = len(rows[0])
    normal, projected = mp.zeros(size, size), mp.zeros(size, 1)
    for row, value, w in zip(rows, right, weight, strict=True):
        squared = w * w
        scaled = [squared * x for x in row]
        for i in range(size):
            for j in range(i, size):
                normal[i, j] += scaled[i] * row[j]
            projected[i] += scaled[i] * value
    for i in range(size):
        for j in range(i):
            normal[i, j] = normal[j, i]
    return mp.lu_solve(normal, projected)


def fit_rational(
    numerator: list[list[Number]],
    denominator: list[list[Number]],
    values: list[Number],
    importance: list[Number],
    rounds: int,
) -> tuple[list[Number], list[Number], Number]:
    """
    Fit sum a_i numerator_i / (1 + sum b_j denominator_j) to ``values`` in the maximum norm.

    Lawson's iteration: weighted linear least squares, each round heavier where the error is large
    and divided by the last denominator. Returns (a, b, largest error * importance).
    """
    rows = [
        [*top, *(-value * d for d in bottom)]
        for top, bottom, value in zip(numerator, denominator, values, strict=True)
    ]
    tops = len(numerator[0])
    lawson, divisors = [mp.mpf(1)] * len(values), [mp.mpf(1)] * len(values)
    best: tuple[list[Number], list[Number], Number] = ([], [], mp.inf)
    for _ in range(rounds):
        weight = [
            i * mp.sqrt(w) / abs(d) for i, w, d in zip(importance, lawson, divisors, strict=True)
        ]
        solution = list(solve_weighted(rows, values, weight))
        a, b = solution[:tops], solution[tops:]
        divisors = [1 + mp.fdot(b, bottom) for bottom in denominator]
        errors = [
            i * abs(mp.fdot(a, top) / d - value)
            for i, top, d, value in zip(importance, numerator, divisors, values, strict=True)
        ]
        worst = max(errors)
        if worst < best[2] and min(divisors) > 0:
            best = (a, b, worst)
        lawson = [w * (mp.mpf("0.05") + e / worst) for w, e in zip(lawson, errors, strict=True)]
        mean = mp.fsum(lawson) / len(lawson)
        lawson = [w / mean for w in lawson]
    return best


def make_bachelier(
    points: int = 300, rounds: int = 120
) -> tuple[list[Number], list[Number], Number]:
    """
    Fit the closed-form inverse of the Bachelier price.

    With beta = n(z) - z N(-z), W = 1 / beta and q = z / beta, the unknown part of
    W^2 = 2 pi (1 + q) + q^2 P(L) / Q(L) is a smooth function of L = ln(1 + q).
    """
    tops, bottoms, values, importance = [], [], [], []
    for j in range(points):
        z = mp.mpf(BACHELIER_FARTHEST) * (1 - mp.cos(mp.pi * j / (points - 1))) / 2 + mp.mpf("1e-4")
        price = mp.npdf(z) - z * mp.erfc(z / mp.sqrt(2)) / 2
        w, q = 1 / price, z / price
        log = mp.log(1 + q)
        tops.append([log**i for i in range(BACHELIER_DEGREES[0] + 1)])
        bottoms.append([log**i for i in range(1, BACHELIER_DEGREES[1] + 1)])
        values.append((w * w - 2 * mp.pi * (1 + q)) / (q * q))
        importance.append(q * q / (2 * w * w))  # turns the error of P / Q into that of W
    return fit_rational(tops, bottoms, values, importance, rounds)


def log_bachelier(m: Number, w: Number) -> Number:
    """Return ln of the Bachelier price at distance ``m`` and normal stdev ``w``."""
    z = m / w
    return mp.log(w * (mp.npdf(z) - z * mp.erfc(z / mp.sqrt(2)) / 2))


def bachelier_stdev(h: Number, v: Number) -> Number:
    """Return the normal stdev whose Bachelier price is the Black price of (h, v), over sqrt(FK)."""
    z = h / v
    both = mp.exp(-(z * z + v * v / 4) / 2) / mp.sqrt(2 * mp.pi)
    target = mp.log(both * (mills(z - v / 2) - mills(z + v / 2)))
    m, w = 2 * mp.sinh(h / 2), v * mp.sinh(h / 2) / (h / 2)
    for _ in range(60):
        value = log_bachelier(m, w)
        slope = mp.npdf(m / w) / mp.exp(value)
        step = (value - target) / slope
        w -= step
        if abs(step) < mp.mpf("1e-45") * w:
            return w
    raise ArithmeticError(f"no Bachelier stdev for h={h}, v={v}")


def make_rho(rounds: int = 100) -> tuple[list[Number], list[Number], Number]:
    """
    Fit rho = v / v0, Black stdev over the scaled Bachelier stdev v0 = w (h/2) / sinh(h/2).

    rho = 1 + p N(p, H) / (1 + d1 p + d2 p^2) with p = v0^2, H = h^2 and N quadratic in both.
    """
    tops, bottoms, values, importance = [], [], [], []
    hs = [mp.mpf("0.001"), *(mp.mpf(j) / 10 for j in (1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 19, 20))]
    vs = [mp.mpf("0.15"), mp.mpf("0.25"), *(mp.mpf(j) / 10 for j in range(4, 26))]
    for h in hs:
        for v in vs:
            if h > RHO_LARGEST_H or v > RHO_LARGEST_V or h > 8 * v:
                continue
            v0 = bachelier_stdev(h, v) * (h / 2) / mp.sinh(h / 2)
            p, square, rho = v0 * v0, h * h, v / v0
            tops.append([p**i * square**j for i in range(3) for j in range(3)])
            bottoms.append([p, p * p])
            values.append((rho - 1) / p)
            importance.append(p / rho)
    return fit_rational(tops, bottoms, values, importance, rounds)


def atanh_tail(square: Number) -> Number:
    """Return (2 atanh(s) - 2 s) / s^3 at s^2 = ``square``."""
    if square < mp.mpf("1e-25"):
        return mp.mpf(2) / 3 + 2 * square / 5
    s = mp.sqrt(square)
    return (2 * mp.atanh(s) - 2 * s) / (s * square)


def exp_tail(r: Number) -> Number:
    """Return (e^r - 1 - r) / r^2."""
    return mp.mpf(1) / 2 if r == 0 else (mp.expm1(r) - r) / (r * r)


def inverse_sinhc(square: Number) -> Number:
    """Return (h/2) / sinh(h/2) at h^2 = ``square``."""
    half = mp.sqrt(square) / 2
    return mp.mpf(1) if half == 0 else half / mp.sinh(half)


def rough_log(f: Number) -> Number:
    """Return ln(1 + f) / f."""
    return mp.mpf(1) if f == 0 else mp.log1p(f) / f


def make_tables() -> list[tuple[str, str, list[Number]]]:
    """Return (name, what it is, coefficients) of every table in the file."""
    root = mp.sqrt(2)
    half_ln2 = mp.log(2) / 2
    top, bottom, bachelier_error = make_bachelier()
    rho_top, rho_bottom, rho_error = make_rho()
    squares = (mp.mpf(0), mp.mpf(ATANH_LARGEST_SQUARE), mp.mpf(LOG_LARGEST_SQUARE))
    return [
        (
            "MILLS",
            "Mills ratio R(y), powers of t = MILLS_SCALE / (y + MILLS_SHIFT) - 1",
            make_mills(),
        ),
        (
            "BACHELIER_TOP",
            f"numerator of the Bachelier seed; relative error {mp.nstr(bachelier_error, 2)}",
            top,
        ),
        ("BACHELIER_BOTTOM", "its denominator, powers of ln(1 + q)", [mp.mpf(1), *bottom]),
        (
            "RHO_TOP",
            f"Black over Bachelier stdev, p^i H^j row by row; error {mp.nstr(rho_error, 2)}",
            rho_top,
        ),
        ("RHO_BOTTOM", "its denominator, powers of p", [mp.mpf(1), *rho_bottom]),
        (
            "INVERSE_SINHC",
            "(h/2) / sinh(h/2), powers of h^2",
            fit_interval(inverse_sinhc, mp.mpf(0), mp.mpf(SINHC_LARGEST_H) ** 2, SINHC_DEGREE),
        ),
        (
            "ATANH",
            "(2 atanh s - 2 s) / s^3, powers of s^2, for ln(strike / forward)",
            fit_interval(atanh_tail, squares[0], squares[1], ATANH_DEGREE),
        ),
        (
            "LOG",
            "(2 atanh s - 2 s) / s^3 again, on the narrower range a mantissa needs",
            fit_interval(atanh_tail, squares[0], squares[2], LOG_DEGREE),
        ),
        (
            "ROUGH_LOG",
            "ln(1 + f) / f to 2e-6, enough for a seed",
            fit_interval(rough_log, 1 / root - 1, root - 1, ROUGH_LOG_DEGREE),
        ),
        (
            "EXP",
            "(e^r - 1 - r) / r^2 on |r| <= ln(2) / 2",
            fit_interval(exp_tail, -half_ln2, half_ln2, EXP_DEGREE),
        ),
    ]


def inputs() -> dict[str, object]:
    """Return the inputs the coefficients depend on, by name."""
    return {
        name: value
        for name, value in globals().items()
        if name.isupper() and name != "TARGET" and not callable(value)
    }


def header() -> str:
    """Return the opening of the file: what made it, and from which inputs."""
    lines = [
        '"""',
        "Coefficients of every polynomial in the kernels and in their NumPy twin.",
        "",
        "Written by ``tools/make_coefficients.py``; do not edit. Its inputs were:",
        "",
        *(f"    {name} = {value!r}" for name, value in sorted(inputs().items())),
        '"""',
        "",
        f"MILLS_SHIFT = {float(MILLS_SHIFT)!r}",
        f"MILLS_LOWEST = {float(MILLS_LOWEST)!r}",
        f"MILLS_SCALE = {float(2 * (MILLS_LOWEST + MILLS_SHIFT))!r}",
    ]
    return "\n".join(lines) + "\n"


def body() -> str:
    """Return the tables as Python text, one coefficient to a line."""
    parts = []
    for name, meaning, coefficients in make_tables():
        numbers = "".join(f"    {float(c)!r},\n" for c in coefficients)
        parts.append(f'\n{name} = (\n{numbers})\n"""{meaning}."""\n')
    return "".join(parts)


def main(arguments: Sequence[str]) -> int:
    """Write the file, or with --check compare it with what would be written."""
    text = header() + body()
    if "--check" in arguments:
        same = TARGET.read_text(encoding="utf-8") == text
        print(
            "coefficients.py is up to date" if same else "coefficients.py differs: run this script"
        )
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
