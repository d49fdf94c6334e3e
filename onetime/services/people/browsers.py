"""What a browser is called in the list of logins, such as “Firefox, Android”."""

LONGEST_HEADER = 512  # characters that are looked at

# Each calls itself by the names of those after it too.
_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str | None:
    """Return what a browser and its system are called, or None where the header says neither.

    >>> browser_name("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")
    'Firefox, Android'
    """
    header = user_agent[:LONGEST_HEADER]
    found = [next((name for mark, name in names if mark in header), None) for names in (_FAMILIES, _SYSTEMS)]
    return ", ".join(name for name in found if name) or None
