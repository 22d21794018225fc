"""
What the compiled loops are made of: bit tricks, polynomials, logarithm and exponential.

Everything here is branch-free and inlined before LLVM sees it, so that a loop over it becomes one
stream of vector instructions; a call into libm would keep the loop scalar. Where a logarithm is
taken the argument is assumed to be a positive normal number: callers check ranges afterwards and
send every other row to ``kernels_hard``.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from voldesk.pricing.coefficients import ATANH, EXP, LOG, MILLS, MILLS_SCALE, MILLS_SHIFT, ROUGH_LOG

Untyped: TypeAlias = Any  # numba and llvmlite carry no types
Function = TypeVar("Function", bound=Callable[..., Any])
Unary = Callable[[float], float]

# contract allows fused multiply-add; nothing allows reassociation, which would undo the error
# terms, or promises that there are no NaNs, which would undo the range checks.
FASTMATH = frozenset({"contract", "nsz"})

DOUBLE, INT64, INT32 = ir.DoubleType(), ir.IntType(64), ir.IntType(32)
LN2_HIGH, LN2_LOW = float.fromhex("0x1.62e42fefa39efp-1"), float.fromhex("0x1.abc9e3b39803fp-56")
LOG2_E = 1.4426950408889634
MAGIC = 6755399441055744.0  # 1.5 * 2^52: an integer added to it stands in its low bits
MAGIC_BITS = 0x4338000000000000
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
MANTISSA = 52  # bits
HALF_EXPONENT = 1 << 51


def inlined(function: Function) -> Function:
    """Compile for inlining at the IR level: LLVM vectorises no loop with a call in it."""
    compile_ = njit(error_model="numpy", fastmath=set(FASTMATH), forceinline=True)
    return cast("Function", compile_(function))


def looping(function: Function) -> Function:
    """Compile a function that holds the loops."""
    compile_ = njit(error_model="numpy", fastmath=set(FASTMATH), nogil=True)
    return cast("Function", compile_(function))


def _bitcast(result: Untyped, argument: Untyped, target: Untyped) -> Untyped:
    @intrinsic
    def cast_bits(_context: Untyped, _x: Untyped) -> Untyped:
        def emit(_ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
            return builder.bitcast(args[0], target)

        return result(argument), emit

    return cast_bits


bits_of: Callable[[float], int] = _bitcast(types.int64, types.float64, INT64)
float_of: Callable[[int], float] = _bitcast(types.float64, types.int64, DOUBLE)


@intrinsic
def _fma(_context: Untyped, _a: Untyped, _b: Untyped, _c: Untyped) -> Untyped:
    def emit(_ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), emit


@intrinsic
def _choose(_context: Untyped, _test: Untyped, _yes: Untyped, _no: Untyped) -> Untyped:
    def emit(_ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        return builder.select(*args)

    return types.float64(types.boolean, types.float64, types.float64), emit


fma = cast("Callable[[float, float, float], float]", _fma)
"""a * b + c, rounded once."""

choose = cast("Callable[[bool, float, float], float]", _choose)
"""Where test, yes, else no: a vector select, where an if would be a branch."""


@intrinsic
def _take(_context: Untyped, array: Untyped) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        data = array_of(array)(ctx, builder, args[0]).data
        return builder.atomic_rmw("add", data, INT64(1), "monotonic")

    return types.int64(array), emit


take = cast("Callable[[Untyped], int]", _take)
"""The only element of an int64 array, one more afterwards: no two threads get the same."""

array_of: Untyped = make_array

# Whole arrays are handed in by strangers, and for all LLVM knows a result may overlap an input.
# Every access goes through the four functions below, which say otherwise: inputs, scratch and each
# output column are scopes of their own. Without that no loop with ten stores is vectorised.
_INPUT, _SCRATCH = "input", "scratch"
_OUTPUTS = tuple(f"output{i}" for i in range(11))


def _tell_apart(module: Untyped, instruction: Untyped, own: str) -> None:
    """Attach the scope an access belongs to, and those it never overlaps."""
    domain = module.add_metadata(["voldesk"])
    scopes = {name: module.add_metadata([name, domain]) for name in (_INPUT, _SCRATCH, *_OUTPUTS)}
    others = [scope for name, scope in scopes.items() if name != own]
    instruction.set_metadata("alias.scope", module.add_metadata([scopes[own]]))
    instruction.set_metadata("noalias", module.add_metadata(others))


def _place(
    ctx: Untyped, builder: Untyped, array: Untyped, value: Untyped, index: Untyped
) -> Untyped:
    """Return the address of ``array[index]``; no negative indices, no bounds."""
    data = array_of(array)(ctx, builder, value).data
    return builder.gep(data, [index], inbounds=True)


def _reader(scope: str) -> Untyped:
    @intrinsic
    def read(_context: Untyped, array: Untyped, _index: Untyped) -> Untyped:
        def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
            loaded = builder.load(_place(ctx, builder, array, *args))
            _tell_apart(builder.module, loaded, scope)
            return ctx.data_model_manager[array.dtype].from_data(builder, loaded)

        return array.dtype(array, types.int64), emit

    return read


get: Callable[[Untyped, int], Untyped] = _reader(_INPUT)
"""Row of an input."""

peek: Callable[[Untyped, int], float] = _reader(_SCRATCH)
"""Element of the scratch."""


@intrinsic
def _poke(_context: Untyped, array: Untyped, _index: Untyped, _value: Untyped) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        place = _place(ctx, builder, array, *args[:2])
        _tell_apart(builder.module, builder.store(args[2], place), _SCRATCH)
        return ctx.get_dummy_value()

    return types.void(array, types.int64, types.float64), emit


@intrinsic
def _poke_eight(_context: Untyped, array: Untyped, _index: Untyped, _value: Untyped) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        eight = ir.VectorType(DOUBLE, 8)
        first = builder.insert_element(ir.Constant(eight, ir.Undefined), args[2], INT32(0))
        lanes = ir.Constant(ir.VectorType(INT32, 8), [0] * 8)
        copies = builder.shuffle_vector(first, ir.Constant(eight, ir.Undefined), lanes)
        place = builder.bitcast(_place(ctx, builder, array, *args[:2]), eight.as_pointer())
        _tell_apart(builder.module, builder.store(copies, place, align=8), _SCRATCH)
        return ctx.get_dummy_value()

    return types.void(array, types.int64, types.float64), emit


@intrinsic(prefer_literal=True)
def _put(
    _context: Untyped, array: Untyped, column: Untyped, _index: Untyped, _value: Untyped
) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        place = _place(ctx, builder, array, args[0], args[2])
        _tell_apart(builder.module, builder.store(args[3], place), _OUTPUTS[column.literal_value])
        return ctx.get_dummy_value()

    return types.void(array, column, types.int64, types.float64), emit


poke = cast("Callable[[Untyped, int, float], None]", _poke)
"""Set an element of the scratch."""

poke_eight = cast("Callable[[Untyped, int, float], None]", _poke_eight)
"""Set eight elements of the scratch to one value."""

put = cast("Callable[[Untyped, int, int, float], None]", _put)
"""Set an element of an output; ``column`` is the number of the column it lies in."""


def _view(
    ctx: Untyped, builder: Untyped, array: Untyped, value: Untyped, first: Untyped
) -> Untyped:
    """Return the array from ``first`` on, its length unchanged; it owns nothing."""
    source = array_of(array)(ctx, builder, value)
    view = array_of(array)(ctx, builder)
    for field in ("shape", "strides", "itemsize"):
        setattr(view, field, getattr(source, field))
    view.data = builder.gep(source.data, [first])
    for owner in ("meminfo", "parent"):  # a view that owns nothing is not counted
        setattr(view, owner, ir.Constant(getattr(source, owner).type, None))
    return view


@intrinsic
def _window(_context: Untyped, array: Untyped, _first: Untyped) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        return _view(ctx, builder, array, *args)._getvalue()  # noqa: SLF001  # numba's name

    return array(array, types.int64), emit


@intrinsic
def _stretch(_context: Untyped, array: Untyped, _first: Untyped, _size: Untyped) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        view = _view(ctx, builder, array, *args[:2])
        view.shape = builder.insert_value(view.shape, args[2], 0)
        return view._getvalue()  # noqa: SLF001  # numba's name

    return array(array, types.int64, types.int64), emit


window = cast("Callable[[Untyped, int], Untyped]", _window)
"""
The array from an index on, without the two atomic counts that a slice costs.

Only for handing to get and put: its length is still that of the whole array.
"""

stretch = cast("Callable[[Untyped, int, int], Untyped]", _stretch)
"""So many elements of an array of one dimension from an index on, likewise."""


def polynomial(coefficients: tuple[float, ...]) -> Unary:
    """Return a compiled Horner scheme with these coefficients, constant first."""

    @intrinsic
    def evaluate(_context: Untyped, _x: Untyped) -> Untyped:
        def emit(_ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
            total = ir.Constant(DOUBLE, coefficients[-1])
            for c in coefficients[-2::-1]:
                total = builder.fma(total, args[0], ir.Constant(DOUBLE, c))
            return total

        return types.float64(types.float64), emit

    return cast("Unary", evaluate)


@intrinsic
def _mills_divided(_context: Untyped, _a: Untyped, _b: Untyped) -> Untyped:
    def emit(ctx: Untyped, builder: Untyped, sig: Untyped, args: Untyped) -> Untyped:
        a, b = args
        value, divided = ir.Constant(DOUBLE, MILLS[-1]), ir.Constant(DOUBLE, 0.0)
        for c in MILLS[-2::-1]:
            divided = builder.fma(divided, b, value)
            value = builder.fma(value, a, ir.Constant(DOUBLE, c))
        return ctx.make_tuple(builder, sig.return_type, (value, divided))

    pair: Untyped = types.UniTuple
    return pair(types.float64, 2)(types.float64, types.float64), emit


mills_divided = cast("Callable[[float, float], tuple[float, float]]", _mills_divided)
"""The Mills polynomial p(a) and its divided difference (p(a) - p(b)) / (a - b)."""

_atanh_tail = polynomial(ATANH)
_log_tail = polynomial(LOG)
_rough_log = polynomial(ROUGH_LOG)
_exp_tail = polynomial(EXP)
_mills = polynomial(MILLS)


@inlined
def float_from_small(k: int) -> float:
    """Return an integer of at most 51 bits as float64, without the slow vector conversion."""
    return float_of(k + MAGIC_BITS) - MAGIC


@inlined
def log_of(x: float) -> float:
    """Return ln(x), error below 1 unit in the last place: x = 2^k m, ln m = 2 atanh(s)."""
    bits = bits_of(x)
    k = (bits - SQRT_HALF_BITS) >> MANTISSA
    m = float_of(bits - (k << MANTISSA))
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    exponent = float_from_small(k)
    return exponent * LN2_HIGH + (2.0 * s + (s * square * _log_tail(square) + exponent * LN2_LOW))


@inlined
def rough_log_of(x: float) -> float:
    """Return ln(x) to 2e-6 relative, without a division."""
    bits = bits_of(x)
    k = (bits - SQRT_HALF_BITS) >> MANTISSA
    f = float_of(bits - (k << MANTISSA)) - 1.0
    return float_from_small(k) * LN2_HIGH + f * _rough_log(f)


@inlined
def exp_of(x: float) -> float:
    """Return e^x for |x| <= 700."""
    shifted = fma(x, LOG2_E, MAGIC)
    n = shifted - MAGIC
    r = fma(-n, LN2_LOW, fma(-n, LN2_HIGH, x))
    mantissa = fma(r * r, _exp_tail(r), r) + 1.0
    return float_of(bits_of(mantissa) + ((bits_of(shifted) - MAGIC_BITS) << MANTISSA))


@inlined
def ratio_parts(a: float, b: float) -> tuple[int, float, float]:
    """
    Return k, top and bottom with ln(b / a) = k ln 2 + 2 atanh(top / bottom).

    b is scaled by 2^-k into a's neighbourhood, where b - a is exact: the logarithm keeps full
    relative accuracy however close b is to a.
    """
    bits = bits_of(b)
    k = (bits - bits_of(a) + HALF_EXPONENT) >> MANTISSA
    near = float_of(bits - (k << MANTISSA))
    return k, near - a, near + a


@inlined
def log_from_parts(k: int, s: float) -> float:
    """Return k ln 2 + 2 atanh(s)."""
    square = s * s
    exponent = float_from_small(k)
    return exponent * LN2_HIGH + (2.0 * s + (s * square * _atanh_tail(square) + exponent * LN2_LOW))


@inlined
def mills_pair(y: float, width: float) -> tuple[float, float]:
    """Return R(y) and R(y) - R(y + width) for y >= -2, without cancellation."""
    near = y + MILLS_SHIFT
    far = near + width
    inverse = 1.0 / (near * far)
    scaled = MILLS_SCALE * inverse
    value, divided = mills_divided(fma(scaled, far, -1.0), fma(scaled, near, -1.0))
    return value, divided * (width * scaled)


@inlined
def mills_ratio(y: float) -> float:
    """Return R(y) for y >= -2."""
    return _mills(MILLS_SCALE / (y + MILLS_SHIFT) - 1.0)
