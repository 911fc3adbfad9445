"""Looking after a server that runs: who works, what is slow, what to tidy and tune."""
