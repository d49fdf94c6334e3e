"""Operations that move files: firmware to a charger, diagnostics and logs from it."""
