"""The house's certificate authority, the encrypted port's certificates, reading others'."""
