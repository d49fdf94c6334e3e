"""The kinds of files, in the reader’s words."""

from onetime.models import FileKind
from onetime.texts import Text, _

KINDS: dict[FileKind, Text] = {
    FileKind.FIRMWARE: _("Firmware"),
    FileKind.DIAGNOSTICS: _("Diagnostics"),
    FileKind.LOG: _("Log"),
}
