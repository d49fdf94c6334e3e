"""The parts pages are built from: layout, forms, dialogs, links, charts."""
