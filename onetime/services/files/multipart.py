"""A file out of a request's body: the body itself, or the first file of a form, without holding it in memory."""

from collections.abc import AsyncIterable, AsyncIterator
from email.message import Message

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from onetime.services.files.errors import UnreadableUploadError
from onetime.texts import _

FORM = b"multipart/form-data"


class Upload:
    """The file in a body. Iterate over its bytes; ``name`` is what the sender calls it, known from the first byte on.

    A body that is no form is the file itself; its name may stand in ``Content-Disposition`` (RFC 6266), else it is
    ``name``. Raises ``UnreadableUploadError`` for a form that holds no file or breaks off.
    """

    def __init__(
        self,
        body: AsyncIterable[bytes],
        content_type: str | None = None,
        disposition: str | None = None,
        name: str | None = None,
    ) -> None:
        self._body = body
        kind, options = parse_options_header(content_type)
        self._boundary = options.get(b"boundary") if kind.startswith(b"multipart/") else None
        self._is_form = kind.startswith(b"multipart/")
        self.name = _name_in(disposition) or name

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes as they come."""
        if not self._is_form:
            async for chunk in self._body:
                yield chunk
            return
        if not self._boundary:
            raise _broken()
        try:
            form = _Form(self._boundary)
            async for chunk in self._body:
                for piece in form.feed(chunk):
                    self.name = form.name or self.name
                    yield piece
            form.end()
        except FormParserError as error:
            raise _broken() from error


class _Form:
    """Turns the bytes of a form into those of its first file; fields and further files are passed over."""

    def __init__(self, boundary: bytes) -> None:
        self.name: str | None = None
        self._found = False
        self._inside = False
        self._complete = False
        self._field = b""
        self._value = b""
        self._headers: dict[str, str] = {}
        self._pieces: list[bytes] = []
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the pieces of the file in a piece of the form."""
        self._pieces = []
        self._parser.write(chunk)
        return self._pieces

    def end(self) -> None:
        """Check that the form is complete and held a file."""
        if not self._complete or not self._found:
            raise _broken()

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.decode("latin-1").casefold()] = self._value.decode(errors="replace")
        self._field, self._value = b"", b""

    def _on_headers(self) -> None:
        disposition = self._headers.get("content-disposition", "")
        if not self._found and "filename" in disposition.casefold():
            self._found = self._inside = True
            self.name = _name_in(disposition)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._pieces.append(data[start:end])

    def _on_part_end(self) -> None:
        self._inside = False

    def _on_end(self) -> None:
        self._complete = True


def _name_in(disposition: str | None) -> str | None:
    """Return the file name of a ``Content-Disposition`` header."""
    if not disposition:
        return None
    message = Message()
    message["Content-Disposition"] = disposition.replace("\r", "").replace("\n", "")
    return message.get_filename()


def _broken() -> UnreadableUploadError:
    return UnreadableUploadError(_("The upload is no complete form with a file in it."))
