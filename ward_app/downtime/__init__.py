"""What is charted while the database cannot be reached: kept on the station, replayed once."""
