"""wardctl: one module per command group, no logic of its own."""
