"""A charger's settings, with what each does: searched, changed, read back."""
