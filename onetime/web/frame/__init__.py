"""What all pages share: access, visitor, language, times, and the pushes to open pages."""
