"""A built page finds its server under any address, and no other site's page does."""

from pathlib import Path

import pytest

from onetime.web.frame.origin import BundleChangedError, FollowOrigin, follow_origin, is_own_page, keep_hosts

ENVIRONMENT = "var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`,TRANSPORT:`websocket`};"
STATE = "HOSTS=[`localhost`,`0.0.0.0`,`::`,`0:0:0:0:0:0:0:0`],token;a=[1,`localhost`]"


def bundle(static: Path, environment: str = ENVIRONMENT, state: str = STATE) -> Path:
    """Write the two scripts of a built page that know its server."""
    (static / "assets").mkdir(parents=True)
    (static / "assets" / "reflex-env-Bx1.js").write_text(environment)
    (static / "assets" / "state-Cy2.js").write_text(state)
    return static


def test_every_address_of_the_build_machine_becomes_the_page_s_own() -> None:
    assert follow_origin(ENVIRONMENT) == (
        'var e={PING:(location.origin+"/ping"),EVENT:(location.origin.replace(/^http/,"ws")+"/_event"),'
        "TRANSPORT:`websocket`};"
    )


@pytest.mark.parametrize("quote", ["'", '"', "`"])
def test_the_quotes_a_bundler_prefers_do_not_matter(quote: str) -> None:
    assert follow_origin(f"x={quote}http://0.0.0.0:3000/a{quote}") == 'x=(location.origin+"/a")'


def test_an_address_elsewhere_is_left_alone() -> None:
    assert follow_origin("x=`http://localhost.example:8000/ping`") == "x=`http://localhost.example:8000/ping`"


def test_a_page_under_https_keeps_its_port() -> None:
    assert keep_hosts(STATE) == "HOSTS=[],token;a=[1,`localhost`]"


def test_the_plugin_rewrites_a_bundle_in_place(tmp_path: Path) -> None:
    FollowOrigin().post_build(static_dir=bundle(tmp_path))

    assert "localhost:8000" not in (tmp_path / "assets" / "reflex-env-Bx1.js").read_text()
    assert (tmp_path / "assets" / "state-Cy2.js").read_text().startswith("HOSTS=[],")


@pytest.mark.parametrize("other", [{"environment": "var e={};"}, {"state": "HOSTS=[];"}])
def test_a_bundle_of_another_reflex_stops_the_build(tmp_path: Path, other: dict[str, str]) -> None:
    with pytest.raises(BundleChangedError, match="pinned"):
        FollowOrigin().post_build(static_dir=bundle(tmp_path, **other))


@pytest.mark.parametrize(
    ("origin", "request_headers", "own"),
    [
        ("http://onetime.local:8000", {"HTTP_HOST": "onetime.local:8000"}, True),
        ("https://charging.example", {"HTTP_HOST": "charging.example"}, True),
        ("https://charging.example", {"HTTP_HOST": "10.0.0.5:8000", "HTTP_X_FORWARDED_HOST": "charging.example"}, True),
        ("https://a.example", {"HTTP_HOST": "b", "HTTP_X_FORWARDED_HOST": "a.example, proxy"}, True),
        ("http://evil.example", {"HTTP_HOST": "onetime.local:8000"}, False),
        ("http://onetime.local:9999", {"HTTP_HOST": "onetime.local:8000"}, False),
        ("http://onetime.local:8000.evil.example", {"HTTP_HOST": "onetime.local:8000"}, False),
        ("null", {"HTTP_HOST": "onetime.local:8000"}, False),
        ("", {}, False),
    ],
)
def test_only_a_page_of_this_host_may_open_the_websocket(
    origin: str, request_headers: dict[str, str], own: bool
) -> None:
    assert is_own_page(origin, request_headers) is own
