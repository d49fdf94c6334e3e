"""Operations on a charger's security: password, certificate, profile, roots it trusts."""
