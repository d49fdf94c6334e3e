"""The page *Sessions*: what was charged, by whom, when and how much; filtered."""
