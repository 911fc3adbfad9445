-- Charts are read from the tables alone again.
DROP FUNCTION report.measurement_chart(uuid), report.chart(uuid), auth.require_chart(uuid);
