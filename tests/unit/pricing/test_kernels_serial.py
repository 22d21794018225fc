import numpy as np
import pytest

from voldesk.pricing.selfcheck import _empty, _inputs
from voldesk.pricing.twin_calls import Calls


@pytest.mark.parametrize("name", Calls._fields)
def test_another_type_is_refused_at_once(compiled: Calls, name: str) -> None:
    """Nothing is compiled in the middle of a call: the signature is fixed."""
    given = [
        array.astype(np.float32) if array.dtype == np.float64 else array
        for array in _inputs()[name]
    ]
    with pytest.raises(TypeError, match="No matching definition"):
        getattr(compiled, name)(*given, *_empty(name))
