"""The overview and a charger's pages, a folder a page; ``watched`` says which event refreshes which."""
