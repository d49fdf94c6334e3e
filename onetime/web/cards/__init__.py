"""The page *Cards*: who may charge, and unknown cards that wait to be named."""
