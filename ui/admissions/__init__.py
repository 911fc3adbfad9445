"""Admit, transfer, swap, discharge and undo."""
