-- Take escalation away again: its permissions, its triggers and functions; its tables follow.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions rp USING public.permissions p
WHERE p.id = rp.permission_id AND p.name LIKE 'escalation.%';
DELETE FROM public.permissions WHERE name LIKE 'escalation.%';
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;

DROP TRIGGER escalate ON report.vital_signs;
DROP FUNCTION report.silence_escalations, report.tick_escalations, report.answer_escalation,
    report.answer_refusal, report.colleagues, report.raise_concern, report.escalate,
    report.change_level, report.asks_sepsis, report.level_called_for, report.sets_behind,
    report.unfinished_escalation, report.lock_escalations, report.open_escalations,
    report.escalations_of_ward, report.escalation_as_of, report.escalation_calls,
    report.escalation_steps, report.escalation_rank;
DROP FUNCTION report.announce_escalation CASCADE;
DROP TYPE report.escalation_call, report.open_escalation, report.escalation_item,
    report.escalation_result;
