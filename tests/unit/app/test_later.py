from voldesk.app.later import FLAT_KEYS, FLAT_VARIABLES, LATER
from voldesk.app.settings import LEAVES


def test_every_old_name_is_a_setting() -> None:
    """A flat key or variable points at something that exists."""
    assert set(FLAT_KEYS.values()) | set(FLAT_VARIABLES.values()) <= set(LEAVES)


def test_what_comes_later_is_a_section() -> None:
    """Every section that nothing reads yet has settings."""
    sections = {name.partition(".")[0] for name in LEAVES}
    assert sections >= LATER
