"""Every address of the pages, once, and the builders of those with a part that varies."""

from urllib.parse import quote, unquote

DASHBOARD = "/"
SETUP = "/setup"
LOGIN = "/login"
CHARGER = "/chargers/[identity]"
CHARGER_OPERATIONS = f"{CHARGER}/operations"
CHARGER_SETTINGS = f"{CHARGER}/settings"
CHARGER_LIMITS = f"{CHARGER}/limits"
CHARGER_FILES = f"{CHARGER}/files"
CHARGER_SECURITY = f"{CHARGER}/security"
CHARGER_LOG = f"{CHARGER}/log"
CHARGER_CONSOLE = f"{CHARGER}/console"
SESSIONS = "/sessions"
CARDS = "/cards"
BILLING = "/billing"
REVIEWS = "/reviews"
REVIEW = "/reviews/[item]"
MORE = "/more"
ACCOUNT = "/account"
ACCESS = "/access"
NOT_FOUND = "404"

LOGIN_TICKET = "/login/ticket"
LOGOUT_TICKET = "/logout"
FIRMWARE_UPLOAD = "/upload/firmware"


def charger(identity: str) -> str:
    """Return the address of one charger's page."""
    return f"/chargers/{quote(identity, safe='')}"


def review(item_id: int) -> str:
    """Return the address of one item of the review inbox."""
    return f"/reviews/{item_id}"


def charger_of(path: str) -> str:
    """Return the charger a page's path is about: ``/chargers/KEBA-07/log`` is about KEBA-07."""
    return unquote(path.strip("/").removeprefix("chargers/").partition("/")[0])


def report_download(file_name: str) -> str:
    """Return the address a finished report is downloaded from."""
    return f"/download/reports/{quote(file_name)}"


def file_download(file_id: int) -> str:
    """Return the address a file for or from chargers is downloaded from."""
    return f"/download/files/{file_id}"
