-- Assessments put off for a legitimate reason, as sets and rounds are: counted apart from missed.

GRANT SELECT ON report.assessment_deferrals TO ward_definer;

CREATE POLICY in_reach ON report.assessment_deferrals FOR SELECT TO ward_client
    USING ((SELECT auth.may('assessment.read'))
        AND admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY deferring ON report.assessment_deferrals FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'assessment.record')
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.assessment_deferrals TO ward_client;
GRANT INSERT (id, admission_id, instrument, due_at, reason, note, deferred_until, occurred_at,
    status, supersedes_id, change_reason) ON report.assessment_deferrals TO ward_client;
GRANT SELECT, INSERT ON report.assessment_deferrals TO ward_loader;

-- What stands against a deferral, null when nothing does. Said only to who may record there.
CREATE FUNCTION report.assessment_deferral_problem(p_new report.assessment_deferrals) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_due report.assessment_due;
BEGIN
    SELECT d.* INTO v_due
    FROM admission.bed_stays b CROSS JOIN LATERAL report.assessment_dues(b.ward_id) d
    WHERE b.admission_id = p_new.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL
      AND d.admission_id = b.admission_id AND d.instrument = p_new.instrument;
    IF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time lies in the future. Check it.';
    ELSIF v_due.due_at IS NULL THEN
        RETURN 'Nothing is due of this any more. Look again.';
    ELSIF v_due.due_at IS DISTINCT FROM p_new.due_at THEN
        RETURN 'What is due has changed meanwhile. Look again, then decide.';
    ELSIF v_due.done_at >= p_new.occurred_at THEN
        RETURN 'Something was recorded after that time. Enter the time now.';
    ELSIF (p_new.deferred_until > p_new.occurred_at
           AND p_new.deferred_until <= p_new.occurred_at + interval '24 hours') IS NOT TRUE THEN
        RETURN 'An assessment can be put off by up to 24 hours.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report.complete_assessment_deferral() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.assessment_deferrals;
    v_struck report.assessment_deferrals;
    v_problem text;
BEGIN
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM report.assessment_deferrals d
    WHERE d.id = NEW.id AND d.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(NEW.admission_id, 'assessment.record', 'assessment_deferrals');
    -- two who put off the same do so one after the other
    PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT * INTO v_struck FROM report.assessment_deferrals d
        WHERE d.id = NEW.supersedes_id AND d.admission_id = NEW.admission_id
          AND d.status = 'final';
        IF v_struck.id IS NULL THEN
            RAISE EXCEPTION 'What is to be taken back does not belong to this stay.'
                USING ERRCODE = 'WA001';
        END IF;
        RETURN jsonb_populate_record(NEW, to_jsonb(v_struck) - ARRAY['id', 'status',
            'supersedes_id', 'change_reason', 'recorded_at', 'recorded_by']);
    END IF;
    v_problem := report.assessment_deferral_problem(NEW);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.assessment_deferrals
    FOR EACH ROW EXECUTE FUNCTION report.complete_assessment_deferral();
CREATE TRIGGER announce AFTER INSERT ON report.assessment_deferrals
    FOR EACH ROW EXECUTE FUNCTION report.announce_assessment();
