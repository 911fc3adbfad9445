"""The two nights on which the clocks change: stays and due times go by elapsed time."""
