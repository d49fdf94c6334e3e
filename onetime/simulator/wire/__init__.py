"""The socket of a simulated charger: frames, calls and their answers, reconnecting."""
