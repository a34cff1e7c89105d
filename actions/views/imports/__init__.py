"""The way from a file to a live plan: upload, preview, what a person corrects, confirm, undo."""
