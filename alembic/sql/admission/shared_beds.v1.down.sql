-- Beds are shared by naming nobody again, as the revision before had it.

DROP FUNCTION admission.transfer(
    uuid, uuid, uuid, uuid, timestamptz, text, boolean, uuid, text);
DROP FUNCTION admission.admit(
    uuid, uuid, uuid, uuid, timestamptz, text, text, text, text, date, boolean, text, uuid);
DROP FUNCTION admission.move(
    admission.bed_stays, uuid, uuid, uuid, timestamptz, uuid, text);
DROP FUNCTION admission.moved(uuid, uuid);
DROP FUNCTION admission.not_shared(uuid, timestamptz);
DROP FUNCTION admission.group_to_share(uuid, uuid, text);
DROP FUNCTION admission.others_in_bed(uuid, uuid);

CREATE OR REPLACE FUNCTION admission.placed(
    p_event text, p_event_id uuid, p_admission_id uuid) RETURNS admission.result
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward text;
    v_bed text;
BEGIN
    SELECT w.name, d.label INTO v_ward, v_bed
    FROM admission.bed_stays b
    JOIN room.wards w ON w.id = b.ward_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    WHERE b.admission_id = p_admission_id
    ORDER BY b.voided_at IS NULL DESC, upper_inf(b.during) DESC, lower(b.during) DESC LIMIT 1;
    RETURN ROW('done', p_event, p_event_id, p_admission_id, v_ward, v_bed,
               NULL, NULL, NULL, NULL)::admission.result;
END $$;

CREATE OR REPLACE FUNCTION admission.mark_dirty(p_bed_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_bed_id IS NOT NULL THEN
        INSERT INTO room.bed_readiness (id, bed_id, readiness, reason, occurred_at)
        VALUES (public.gen_random_uuid(), p_bed_id, 'dirty', p_reason, clock_timestamp());
    END IF;
END $$;

CREATE FUNCTION admission.admit(
    p_id uuid, p_patient_id uuid, p_ward_id uuid, p_bed_id uuid, p_admitted_at timestamptz,
    p_source text, p_specialty text, p_consultant text, p_reason text, p_expected_on date,
    p_accept_not_clean boolean, p_share_reason text) RETURNS admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facility_id uuid := auth.facility_id();
    v_user_id uuid := auth.uid();
    v_refusal admission.result;
    v_stay_id uuid := public.gen_random_uuid();
    v_share_group uuid;
    v_share_reason text := nullif(btrim(p_share_reason), '');
    v_constraint text;
BEGIN
    PERFORM auth.require('admission.admit');
    IF EXISTS (SELECT FROM admission.admissions a WHERE a.id = p_id
               AND a.patient_id = p_patient_id AND a.recorded_by = v_user_id) THEN
        RETURN admission.placed('A01', p_id, p_id);
    ELSIF NOT p_ward_id = ANY (auth.ward_ids('admission.admit')) THEN
        RETURN admission.refuse('not_in_reach');
    ELSIF NOT EXISTS (SELECT FROM patient.patients p
                      WHERE p.id = p_patient_id AND p.facility_id = v_facility_id) THEN
        RETURN admission.refuse('not_found');
    ELSIF p_admitted_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN admission.refuse('in_future');
    END IF;
    PERFORM admission.lock_beds(p_bed_id);
    v_refusal := admission.bed_refusal(p_ward_id, p_bed_id, p_accept_not_clean);
    IF v_refusal.outcome IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF v_share_reason IS NOT NULL THEN
        SELECT b.share_group INTO v_share_group FROM admission.bed_stays b
        WHERE b.bed_id = p_bed_id AND upper_inf(b.during) AND b.voided_at IS NULL LIMIT 1;
    END IF;
    BEGIN
        INSERT INTO admission.admissions (id, facility_id, patient_id, source, specialty,
            consultant, reason, admitted_at, recorded_by)
        VALUES (p_id, v_facility_id, p_patient_id, p_source, p_specialty, p_consultant,
            p_reason, p_admitted_at, v_user_id);
        INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, bed_id, during,
            ward_arrived_at, share_group, share_reason, recorded_by)
        VALUES (v_stay_id, p_id, p_patient_id, p_ward_id, p_bed_id,
            tstzrange(p_admitted_at, NULL), p_admitted_at,
            coalesce(v_share_group, v_stay_id), v_share_reason, v_user_id);
    EXCEPTION WHEN exclusion_violation OR unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        IF EXISTS (SELECT FROM admission.admissions a WHERE a.id = p_id
                   AND a.patient_id = p_patient_id AND a.recorded_by = v_user_id) THEN
            RETURN admission.placed('A01', p_id, p_id);  -- sent twice at once
        ELSIF v_constraint = 'bed_stays_one_patient_per_bed' THEN
            RETURN admission.bed_taken(p_bed_id, p_admitted_at);
        ELSIF v_constraint = 'uq_admissions_one_open_per_patient' THEN
            RETURN admission.refuse('already_in_hospital', (
                SELECT place FROM patient.location(p_patient_id)));
        ELSIF v_constraint = 'bed_stays_one_place_per_patient' THEN
            RETURN admission.refuse('overlaps');
        END IF;
        RAISE;
    END;
    IF p_expected_on IS NOT NULL THEN
        INSERT INTO admission.expected_discharges (id, admission_id, expected_on, reason)
        VALUES (public.gen_random_uuid(), p_id, p_expected_on, 'at admission');
    END IF;
    RETURN admission.placed('A01', p_id, p_id);
END $$;

-- Close the running stay at p_at and open the next; the caller holds the admission's lock.
CREATE FUNCTION admission.move(
    p_stay admission.bed_stays, p_to_stay_id uuid, p_ward_id uuid, p_bed_id uuid,
    p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE admission.bed_stays SET during = tstzrange(lower(during), p_at)
    WHERE id = p_stay.id AND upper_inf(during);
    INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, bed_id, during,
        ward_arrived_at, share_group, recorded_by)
    VALUES (p_to_stay_id, p_stay.admission_id, p_stay.patient_id, p_ward_id, p_bed_id,
        tstzrange(p_at, NULL),
        CASE WHEN p_ward_id = p_stay.ward_id THEN p_stay.ward_arrived_at ELSE p_at END,
        p_to_stay_id, auth.uid());
END $$;

CREATE FUNCTION admission.transfer(
    p_id uuid, p_admission_id uuid, p_ward_id uuid, p_bed_id uuid, p_at timestamptz,
    p_reason text, p_accept_not_clean boolean) RETURNS admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays;
    v_to_stay_id uuid := public.gen_random_uuid();
    v_in_reach boolean;
    v_refusal admission.result;
    v_constraint text;
BEGIN
    PERFORM auth.require('admission.transfer');
    v_in_reach := admission.lock_in_reach(p_admission_id, 'admission.transfer');
    IF EXISTS (SELECT FROM admission.transfers t WHERE t.id = p_id
               AND t.admission_id = p_admission_id AND t.recorded_by = auth.uid()) THEN
        RETURN admission.placed('A02', p_id, p_admission_id);
    ELSIF NOT v_in_reach THEN
        RETURN admission.refuse('not_in_reach');
    END IF;
    v_stay := admission.current_stay(p_admission_id);
    v_refusal := admission.step_refusal(v_stay, p_at, 'admission.transfer');
    IF v_refusal.outcome IS NOT NULL THEN
        RETURN v_refusal;
    ELSIF v_stay.ward_id = p_ward_id AND v_stay.bed_id IS NOT DISTINCT FROM p_bed_id THEN
        RETURN admission.refuse('same_place');
    END IF;
    PERFORM admission.lock_beds(v_stay.bed_id, p_bed_id);
    v_refusal := admission.bed_refusal(p_ward_id, p_bed_id, p_accept_not_clean);
    IF v_refusal.outcome IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    BEGIN
        PERFORM admission.move(v_stay, v_to_stay_id, p_ward_id, p_bed_id, p_at);
    EXCEPTION WHEN exclusion_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        IF v_constraint = 'bed_stays_one_patient_per_bed' THEN
            RETURN admission.bed_taken(p_bed_id, p_at);
        END IF;
        RETURN admission.refuse('overlaps');
    END;
    INSERT INTO admission.transfers (id, admission_id, kind, from_ward_id, from_bed_id,
        to_ward_id, to_bed_id, from_stay_id, to_stay_id, reason, occurred_at, recorded_by)
    VALUES (p_id, p_admission_id, 'transfer', v_stay.ward_id, v_stay.bed_id,
        p_ward_id, p_bed_id, v_stay.id, v_to_stay_id, p_reason, p_at, auth.uid());
    PERFORM admission.mark_dirty(v_stay.bed_id, 'patient moved');
    RETURN admission.placed('A02', p_id, p_admission_id);
END $$;

CREATE OR REPLACE FUNCTION admission.swap(
    p_id uuid, p_other_id uuid, p_admission_id uuid, p_other_admission_id uuid,
    p_at timestamptz, p_reason text) RETURNS SETOF admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_one admission.bed_stays;
    v_two admission.bed_stays;
    v_to_one uuid := public.gen_random_uuid();
    v_to_two uuid := public.gen_random_uuid();
    v_locked integer;
    v_refusal admission.result;
BEGIN
    PERFORM auth.require('admission.transfer');
    IF p_admission_id = p_other_admission_id THEN
        RETURN NEXT admission.refuse('same_place');
        RETURN;
    END IF;
    -- always in the same order, so that two swaps of the same patients cannot wait in a circle
    PERFORM FROM admission.admissions a
    WHERE a.id IN (p_admission_id, p_other_admission_id)
      AND auth.reaches_admission(a.id, 'admission.transfer')
    ORDER BY a.id FOR NO KEY UPDATE;
    GET DIAGNOSTICS v_locked = ROW_COUNT;
    IF EXISTS (SELECT FROM admission.transfers t
               WHERE t.id = p_id AND t.swapped_with_id = p_other_id
                 AND t.admission_id = p_admission_id AND t.recorded_by = auth.uid()) THEN
        RETURN NEXT admission.placed('A17', p_id, p_admission_id);
        RETURN NEXT admission.placed('A17', p_other_id, p_other_admission_id);
        RETURN;
    ELSIF v_locked < 2 THEN
        RETURN NEXT admission.refuse('not_in_reach');
        RETURN;
    END IF;
    v_one := admission.current_stay(p_admission_id);
    v_two := admission.current_stay(p_other_admission_id);
    v_refusal := admission.step_refusal(v_one, p_at, 'admission.transfer');
    IF v_refusal.outcome IS NULL THEN
        v_refusal := admission.step_refusal(v_two, p_at, 'admission.transfer');
    END IF;
    IF v_refusal.outcome IS NULL AND (v_one.bed_id IS NULL OR v_two.bed_id IS NULL
                                      OR v_one.bed_id = v_two.bed_id) THEN
        v_refusal := admission.refuse('same_place');
    END IF;
    IF v_refusal.outcome IS NOT NULL THEN
        RETURN NEXT v_refusal;
        RETURN;
    END IF;
    PERFORM admission.lock_beds(v_one.bed_id, v_two.bed_id);
    BEGIN
        UPDATE admission.bed_stays SET during = tstzrange(lower(during), p_at)
        WHERE id IN (v_one.id, v_two.id) AND upper_inf(during);
        PERFORM admission.move(v_one, v_to_one, v_two.ward_id, v_two.bed_id, p_at);
        PERFORM admission.move(v_two, v_to_two, v_one.ward_id, v_one.bed_id, p_at);
    EXCEPTION WHEN exclusion_violation THEN
        RETURN NEXT admission.refuse('overlaps');
        RETURN;
    END;
    INSERT INTO admission.transfers (id, admission_id, kind, from_ward_id, from_bed_id,
        to_ward_id, to_bed_id, from_stay_id, to_stay_id, swapped_with_id, reason, occurred_at,
        recorded_by)
    VALUES (p_id, p_admission_id, 'swap', v_one.ward_id, v_one.bed_id, v_two.ward_id,
            v_two.bed_id, v_one.id, v_to_one, p_other_id, p_reason, p_at, auth.uid()),
           (p_other_id, p_other_admission_id, 'swap', v_two.ward_id, v_two.bed_id,
            v_one.ward_id, v_one.bed_id, v_two.id, v_to_two, p_id, p_reason, p_at, auth.uid());
    RETURN NEXT admission.placed('A17', p_id, p_admission_id);
    RETURN NEXT admission.placed('A17', p_other_id, p_other_admission_id);
END $$;
