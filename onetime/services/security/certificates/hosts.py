"""The names and addresses this computer has in its network; the server's certificate is made for them."""

import ipaddress
import socket

from cryptography import x509


def own_hosts() -> list[str]:
    """Return the host name, also as mDNS spells it, and the addresses, the best known to others first."""
    name = socket.gethostname().strip().rstrip(".").lower() or "localhost"
    names = [name] if "." in name or name == "localhost" else [f"{name}.local", name]
    return list(dict.fromkeys([*names, lan_address(), "localhost", "127.0.0.1"]))


def lan_address() -> str:
    """Return this machine's address in its network, or localhost where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address that is nobody's; connecting UDP sends nothing
        except OSError:
            return "localhost"
        address: str = probe.getsockname()[0]
        return address


def general_name(host: str) -> x509.GeneralName:
    """Return a host as it stands in a certificate: an address or a name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode() if not host.isascii() else host)
