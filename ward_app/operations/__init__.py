"""What IT runs: private cluster, migrations, enrolment."""
