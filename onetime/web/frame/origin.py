"""Make a built page talk to the address it was loaded from, and let no other site's page talk to it.

Reflex writes the backend's address into the bundle when it is built. A page opened through another port, another
host name or a proxy would then look for its websocket where nothing listens. The plugin below runs on Reflex's
public `post_build` hook and turns the written address into the page's own origin.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from reflex.app import App
from reflex.plugins import Plugin
from reflex_base.plugins.base import PostBuildContext
from typing_extensions import Unpack

_BAKED_URL = re.compile(r"""(["'`])(http|ws)://(?:localhost|0\.0\.0\.0)(?::\d+)?(/[^"'`$]*)\1""")

# Reflex replaces the host of an address on this list by the page's and drops its port under https. Once the
# addresses follow the page there is nothing to replace, and https://localhost:8443 keeps its port.
_SAME_DOMAIN_HOSTS = re.compile(r"\[[^\[\]]*0:0:0:0:0:0:0:0[^\[\]]*\]")

_ORIGIN = {"http": "location.origin", "ws": 'location.origin.replace(/^http/,"ws")'}


class BundleChangedError(RuntimeError):
    """The built bundle does not look like the pinned Reflex version writes it."""


class FollowOrigin(Plugin):
    """Let the pages work under any host name, port and proxy they are opened through."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Rewrite the scripts in the static directory.

        Raises:
            BundleChangedError: An expected address is missing, so the page would not find its server.
        """
        scripts = context["static_dir"] / "assets"
        _rewrite(scripts, "reflex-env-*.js", follow_origin)
        _rewrite(scripts, "*.js", keep_hosts)


def accept_own_pages_only(app: App) -> None:
    """Refuse a websocket that a page of another site opens with the cookies of someone who is logged in here.

    Reflex compares a fixed list of origins, but a house is reached under names nobody knew beforehand. The scheme is
    not compared: a proxy may end TLS in front of Onetime.
    """
    if app.sio is None:
        raise RuntimeError("A Reflex app without state has no websocket to guard.")
    app.sio.eio.cors_allowed_origins = is_own_page


def is_own_page(origin: str, request: Mapping[str, str]) -> bool:
    """Tell whether `origin` names the host this request was sent to, as the browser or the proxy saw it.

    Args:
        origin: The `Origin` header, which a page cannot choose.
        request: The request's headers under their CGI names, such as `HTTP_HOST`.
    """
    hosts = {request.get("HTTP_HOST", ""), request.get("HTTP_X_FORWARDED_HOST", "").split(",")[0].strip()}
    return urlsplit(origin).netloc in hosts - {""}


def follow_origin(script: str) -> str:
    """Replace each address of the build machine in `script` by the origin of the page.

    >>> follow_origin('e={EVENT:`ws://localhost:8000/_event`}')
    'e={EVENT:(location.origin.replace(/^http/,"ws")+"/_event")}'
    """
    return _BAKED_URL.sub(lambda url: f'({_ORIGIN[url[2]]}+"{url[3]}")', script)


def keep_hosts(script: str) -> str:
    """Empty Reflex's list of host names that it takes for the build machine's."""
    return _SAME_DOMAIN_HOSTS.sub("[]", script)


def _rewrite(folder: Path, pattern: str, change: Callable[[str], str]) -> None:
    changed = False
    for path in folder.glob(pattern):
        before = path.read_text(encoding="utf-8")
        after = change(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed = True
    if not changed:
        raise BundleChangedError(
            f"No address to rewrite in {folder}/{pattern}: this Reflex version builds its pages differently, "
            "so install the pinned one with `pip install --require-hashes -r requirements.txt`."
        )
