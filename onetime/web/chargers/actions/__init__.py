"""What a visitor can ask of a charger: the buttons, their dialogs, and what their forms mean."""
