"""A charger's console: any OCPP command by hand, for the administrator."""
