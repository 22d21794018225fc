"""The error tree: the class says who must act."""


class VoldeskError(Exception):
    """The root of every error voldesk raises on purpose."""


class ConfigError(VoldeskError):
    """The operator must act: a setting, a flag or an argument is wrong."""


class WireError(VoldeskError):
    """Bytes from outside do not mean what their format says they mean."""


class FileFormatError(WireError):
    """The operator must act: a whole file cannot be read as the format asked for."""


class VenueUnavailable(VoldeskError):
    """Nobody must act yet: the venue does not answer and we try again."""


class VenueRejected(VoldeskError):
    """The strategy must act: the venue said no."""


class OrderDenied(VoldeskError):
    """The strategy must act: our own gate said no."""


class StorageError(VoldeskError):
    """The operator must act: what has to be kept cannot be written, or what was kept not read."""


class InvariantError(VoldeskError):
    """We must act: something that cannot happen happened, and trading stops."""
