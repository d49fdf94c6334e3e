"""What a simulated charger does by itself: boot, heartbeat, sessions, what it keeps over a power cut."""
