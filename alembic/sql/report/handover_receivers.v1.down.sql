-- Handovers as they were before one said whom a patient is given to.
DROP FUNCTION report.handover_people(uuid);
DROP FUNCTION report.handover_receivers(uuid);
DROP TRIGGER receiver ON report.handovers;
DROP FUNCTION report.check_receiver();
DROP FUNCTION report.receiver_problem(report.handovers);
DROP FUNCTION report.role_takes_over(text, uuid, uuid);
ALTER TYPE report.handover_line DROP ATTRIBUTE to_user_id, DROP ATTRIBUTE to_role,
    DROP ATTRIBUTE to_name, DROP ATTRIBUTE to_me, DROP ATTRIBUTE ended_by_id;

-- The handover of a ward in bed order: the record as it is now, the giving that waits or was
-- ended last, what was asked and answered about it, when the reader accepted this patient last.
-- Only whose chart the reader has opened.
CREATE OR REPLACE FUNCTION report.handover_list(p_ward_id uuid) RETURNS SETOF report.handover_line
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open uuid[] := auth.open_patients();
BEGIN
    PERFORM auth.require('handover.read');
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('handover.read')), false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.admission_id, f.patient_id, f.bed_id, f.facts, report.facts_hash(f.facts),
        own.at, draft.words, h.id, h.occurred_at, h.recorded_by,
        report.display_name(h.recorded_by), h.own_words, h.facts, h.facts_hash,
        said.answers, ended.kind, ended.recorded_at, report.display_name(ended.recorded_by)
    FROM report.handover_facts(p_ward_id, NULL) f
    LEFT JOIN LATERAL (
        SELECT max(a.recorded_at) AS at FROM report.handover_answers a
        WHERE a.admission_id = f.admission_id AND a.kind = 'accepted'
          AND a.recorded_by = auth.uid()) own ON true
    LEFT JOIN report.handover_drafts draft ON draft.admission_id = f.admission_id
        AND draft.author_id = auth.uid()
    LEFT JOIN LATERAL (
        SELECT g.* FROM report.handovers g WHERE g.admission_id = f.admission_id
        ORDER BY g.recorded_at DESC, g.id DESC LIMIT 1) h ON true
    LEFT JOIN LATERAL (
        SELECT a.* FROM report.handover_answers a WHERE a.handover_id = h.id
          AND a.kind IN ('accepted', 'declined', 'withdrawn')) ended ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'words', a.words,
            'read_back', a.read_back, 'by', report.display_name(a.recorded_by),
            'at', a.recorded_at) ORDER BY a.recorded_at, a.id) AS answers
        FROM report.handover_answers a WHERE a.handover_id = h.id) said ON true
    WHERE f.patient_id = ANY (v_open)
    ORDER BY f.place;
END $$;
