"""What can keep a file from being stored, served or looked into, each a sentence for the person who sees it.

The errors, as a tree::

    FileError
    ├── FileTooLargeError       more bytes than one file may have
    ├── FileStoreFullError      no room: the store's own limit, or the disk
    ├── EmptyFileError          there was nothing in it
    ├── UnreadableUploadError   a form without a file, or one that broke off
    ├── FileInUseError          a charger is fetching it
    ├── UnreadableArchiveError  its inside cannot be shown
    └── TransferError
        ├── TransferClosedError     its operation is over
        ├── TransferBusyError       too many connections use it
        └── NoWayToChargerError     no address or port a charger could reach
"""


class FileError(Exception):
    """Something about a file did not work."""


class FileTooLargeError(FileError):
    """More bytes came than one file may have."""


class FileStoreFullError(FileError):
    """There is no room for another file."""


class EmptyFileError(FileError):
    """Nothing came."""


class UnreadableUploadError(FileError):
    """What came is no form with a file in it."""


class FileInUseError(FileError):
    """The file is needed by an operation that runs."""


class UnreadableArchiveError(FileError):
    """The inside of a file cannot be shown."""


class TransferError(FileError):
    """A file could not go to or come from a charger."""


class TransferClosedError(TransferError):
    """The operation this transfer belongs to is over."""


class TransferBusyError(TransferError):
    """As many connections as are allowed use this transfer already."""


class NoWayToChargerError(TransferError):
    """There is no address or no port at which the charger could reach this machine."""
