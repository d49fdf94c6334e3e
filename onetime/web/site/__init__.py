"""The page *More*, and the one for an address that leads nowhere."""
