"""What the bay grid says above and below its rows. No Qt."""

ONE_WARD = "Choose one ward (Ctrl+W): the grid opens the charts of its patients."
NOBODY = "Nobody to show here."
HELP = (
    "Enter: next value, after the last one the row is saved · Ctrl+Enter: save the row · "
    ". as before · U: use what is offered · Escape: put back · F2: the single sheet"
)
