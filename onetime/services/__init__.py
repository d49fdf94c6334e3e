"""The rules of the house, a folder a subject, each standing on others; ``runtime`` puts them together."""
