"""Who gets in: people and the tokens of programs, for the administrator."""
