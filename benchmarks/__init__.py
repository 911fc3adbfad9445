"""Speed, each figure as a ratio to a reference measured in the same minute."""
