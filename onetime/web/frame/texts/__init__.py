"""Texts in four languages: marked, translated, picked and formatted in the browser."""
