"""What all routes share: tokens and permissions, problems, pages of long lists, the documentation."""
