from voldesk.model.enums import Status
from voldesk.pricing import flags


def test_flags_have_the_numbers_of_the_published_status_codes() -> None:
    """A flag with a published counterpart has the same number, so that no table is needed."""
    shared = set(vars(flags)) & set(Status.__members__)
    assert {"OK", "BELOW_INTRINSIC", "ABOVE_MAX", "NOT_CONVERGED"} <= shared
    for name in shared:
        assert getattr(flags, name) == Status[name]


def test_flags_are_distinct_bytes() -> None:
    """Flags fit uint8 and none says what another says."""
    numbers = [value for name, value in vars(flags).items() if name.isupper()]
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= number < 256 for number in numbers)
