"""The server as IT sees it in the program."""
