"""How chargers fetch and leave files: HTTP, HTTPS on the encrypted port, and FTP."""
