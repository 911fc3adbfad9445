-- Leave and return (HL7 A21, A22): the bed stays the patient's, observations pause.

GRANT SELECT ON admission.leaves TO ward_definer, ward_client;
GRANT INSERT (id, admission_id, kind, expected_back_at, reason, occurred_at)
    ON admission.leaves TO ward_client;
GRANT SELECT, INSERT ON admission.leaves TO ward_loader;

CREATE POLICY in_reach ON admission.leaves FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY leaving ON admission.leaves FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'admission.leave')
        AND recorded_by = (SELECT auth.uid()));

CREATE FUNCTION admission.complete_leave() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_before admission.leaves;
    v_problem text;
BEGIN
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_before FROM admission.leaves l
    WHERE l.id = NEW.id AND l.recorded_by = v_user_id;
    IF v_before.id IS NOT NULL THEN
        RETURN v_before;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(NEW.admission_id, 'admission.leave', 'leaves');
    PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    SELECT * INTO v_before FROM admission.leaves l
    WHERE l.admission_id = NEW.admission_id ORDER BY l.seq DESC LIMIT 1;
    IF NOT EXISTS (SELECT FROM admission.bed_stays b WHERE b.admission_id = NEW.admission_id
                   AND upper_inf(b.during) AND b.voided_at IS NULL) THEN
        v_problem := 'The patient has left hospital.';
    ELSIF NEW.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        v_problem := 'The time lies in the future. Check it.';
    ELSIF NEW.occurred_at < (SELECT a.admitted_at FROM admission.admissions a
                             WHERE a.id = NEW.admission_id) THEN
        v_problem := 'The time lies before the patient came. Check it.';
    ELSIF NEW.kind = 'left' AND v_before.kind = 'left' THEN
        v_problem := 'The patient is on leave already.';
    ELSIF NEW.kind = 'returned' AND v_before.kind IS DISTINCT FROM 'left' THEN
        v_problem := 'The patient is not on leave.';
    ELSIF NEW.occurred_at <= v_before.occurred_at THEN
        v_problem := CASE NEW.kind WHEN 'left'
            THEN 'The time lies before the last return. Check it.'
            ELSE 'The time lies before the patient went on leave. Check it.' END;
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON admission.leaves
    FOR EACH ROW EXECUTE FUNCTION admission.complete_leave();
