"""The bed board: a read model over the contexts' tables."""
