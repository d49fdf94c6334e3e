"""Errors of security a person has to act on; each is a sentence. Without imports, so that any command may name them."""


class AuthorityError(Exception):
    """The certificate authority's files are missing or cannot be used; the text says what to do."""


class ServerCertificateError(Exception):
    """The encrypted port has no certificate it could show; the text says what to do."""


class WeakKeyError(ValueError):
    """A password that no charger should have."""
