-- Take accepted scores away again; their table follows. A set calls as before.
DROP FUNCTION report.ward_board_v2;
DROP TYPE report.board_row_v2;
CREATE OR REPLACE FUNCTION report.level_called_for(p_set report.vital_signs, p_ward_id uuid)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF p_set.status <> 'final' OR report.escalation_rank(p_set.risk) = 0
       OR NOT EXISTS (SELECT FROM report.escalation_steps(
            p_ward_id, p_set.risk, clock_timestamp()))
       OR EXISTS (SELECT FROM report.vital_signs o WHERE o.id = p_set.supersedes_id
            AND report.escalation_rank(o.risk) >= report.escalation_rank(p_set.risk))
       OR EXISTS (SELECT FROM report.vital_signs l
            WHERE l.admission_id = p_set.admission_id AND l.occurred_at > p_set.occurred_at
              AND l.status = 'final' AND l.score_total IS NOT NULL
              AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = l.id)) THEN
        RETURN NULL;
    END IF;
    RETURN p_set.risk;
END $$;
DROP FUNCTION report.accepted_now, report.take_back_accepted_score, report.accept_score,
    report.is_accepted, report.accepted_score, report.latest_set;
DROP TRIGGER announce ON report.accepted_scores;
