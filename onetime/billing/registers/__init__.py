"""What a connector's registers really say: cleaned, counted from one zero, contradictions found."""
