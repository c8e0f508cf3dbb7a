"""What can go wrong between us and a chip.  Nothing else leaves a driver once it has started."""


class DriverError(Exception):
    """The hardware did not do what it was asked; the text is a sentence for the Journal."""


class NoReply(DriverError):
    """Nothing came back in time."""


class BadReply(DriverError):
    """Something came back, and it was not an answer; or a file that holds something else."""


class LineLost(DriverError):
    """The device is missing, was pulled out, or belongs to somebody else."""


class CannotPlay(DriverError):
    """No such sound can be made."""


class NoClip(CannotPlay):
    """There is no recording of this name."""


class StoreFull(DriverError):
    """There is no room to keep this, and nothing was changed."""


class StoreFailed(DriverError):
    """The memory did not take or give back what it should."""


def reason(error):
    """Return what an OSError says: the sentence it was given, or the system's own words."""
    last = error.args[-1] if error.args else None
    return last if isinstance(last, str) else str(error)
