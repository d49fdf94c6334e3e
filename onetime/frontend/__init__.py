"""Builds the pages for the browser, with a Node.js from the Python registry, once for each version."""
