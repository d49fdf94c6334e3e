"""Names that others choose are shown, and are never paths."""

from hypothesis import given
from hypothesis import strategies as st

from onetime.services.files.names import NAME_LIMIT, safe_name, url_name


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_breaks_a_header(name: str) -> None:
    safe = safe_name(name, "file")
    assert 0 < len(safe) <= NAME_LIMIT
    assert not set(safe) & set('/\\"<>\r\n\0')
    assert safe not in (".", "..")


@given(st.text(max_size=400))
def test_every_name_fits_into_an_address(name: str) -> None:
    assert url_name(name).isascii()
    assert 0 < len(url_name(name)) <= 60
    assert not set(url_name(name)) & set("/\\%?#: ")


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("a" * 300 + ".tar", "file").endswith("a.tar")
    assert url_name("Käfer v2 " + "b" * 100 + ".bin").endswith("b.bin")


def test_the_last_part_is_what_counts() -> None:
    assert safe_name(r"C:\logs\keba.log", "file") == "keba.log"
    assert safe_name("../../etc/", "file") == "file"
