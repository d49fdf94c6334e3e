"""What a connection may cost at any port: places, paces, sizes and times, whoever speaks."""
