"""`kill -9` of the server and of its backends in the middle of saves, and a server that hangs."""
