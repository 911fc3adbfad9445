-- The handover of a ward as a workstation keeps it for the time when the database is away, in bed
-- order: the record of each patient as it would be given now, when each person accepted her last,
-- and the reader's own words that are not given yet. Beside report.ward_copy and under the same
-- condition: on record by an earlier transaction. Charts marked private are not kept.
CREATE FUNCTION report.handover_copy(p_ward_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' AS $$
BEGIN
    PERFORM auth.require_ward_copy(p_ward_id);
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('handover.read')), false) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT coalesce(json_agg(json_build_object('admission_id', f.admission_id,
            'patient_id', f.patient_id, 'bed_id', f.bed_id, 'facts', f.facts,
            'facts_hash', report.facts_hash(f.facts), 'draft', d.words, 'accepted', (
                SELECT json_object_agg(own.recorded_by, own.at) FROM (
                    SELECT a.recorded_by, max(a.recorded_at) AS at
                    FROM report.handover_answers a
                    WHERE a.admission_id = f.admission_id AND a.kind = 'accepted'
                      AND a.recorded_by IS NOT NULL
                    GROUP BY a.recorded_by) own)) ORDER BY f.place), '[]')
        FROM report.handover_facts(p_ward_id, NULL) f
        LEFT JOIN report.handover_drafts d ON d.admission_id = f.admission_id
            AND d.author_id = auth.uid()
        WHERE NOT auth.is_private(f.patient_id));
END $$;
