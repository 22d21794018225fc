from voldesk.pricing import kernels_signatures as signatures
from voldesk.pricing.twin_calls import Calls


def test_there_is_a_signature_for_every_call() -> None:
    """The six calls and their signatures have the same names."""
    for name in Calls._fields:
        assert isinstance(getattr(signatures, name.upper()), tuple)


def test_inputs_are_never_written() -> None:
    """Every input is declared read-only, every output is not."""
    for name in Calls._fields:
        signature = getattr(signatures, name.upper())
        outputs = 1 if name.endswith("greeks") else 2
        assert not any(array.mutable for array in signature[:-outputs])
        assert all(array.mutable for array in signature[-outputs:])
