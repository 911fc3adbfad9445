-- What clients may ask of escalation; run after the functions were given their owner.
GRANT EXECUTE ON FUNCTION report.open_escalations, report.raise_concern,
    report.answer_escalation, report.colleagues, report.tick_escalations,
    report.silence_escalations TO ward_client;
