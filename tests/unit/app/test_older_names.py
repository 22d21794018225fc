"""Names that older programs gave to settings of ours."""

from voldesk.app.older_names import FLAT_KEYS, FLAT_VARIABLES
from voldesk.app.settings import LEAVES


def test_every_old_name_is_a_setting() -> None:
    """A flat key or variable points at something that exists."""
    assert set(FLAT_KEYS.values()) | set(FLAT_VARIABLES.values()) <= set(LEAVES)
