-- Admit, transfer, swap, discharge and their undoing: the only way to change where a patient is.
-- Each is one call inside one transaction, repeatable with the same id, and *returns* what
-- stopped it (a raised error would put names into the server's log). A repeat is told by its id
-- and its author; to anybody else an admission out of reach is as if it were not there.

GRANT INSERT, UPDATE ON admission.admissions, admission.bed_stays TO ward_definer;
GRANT SELECT, INSERT ON admission.transfers, admission.discharges,
    admission.expected_discharges TO ward_definer;
GRANT SELECT, INSERT ON room.bed_readiness TO ward_definer;
GRANT SELECT ON room.bed_availability, room.rooms TO ward_definer;
GRANT UPDATE (position) ON room.beds TO ward_definer;  -- to lock a bed; it is never changed

-- outcome: done | not_found | not_in_reach | already_in_hospital | already_left | in_future |
--   before_arrival | bed_unknown | bed_not_open | bed_not_clean | bed_taken | nothing_to_undo |
--   step_changed | same_place | overlaps. The rest describes the place reached or who stands in the way;
--   detail: a reason, or a time in the ward's zone.
CREATE TYPE admission.result AS (
    outcome text, event text, event_id uuid, admission_id uuid, ward_name text, bed_label text,
    holder text, by_name text, at timestamptz, detail text);

CREATE FUNCTION admission.refuse(p_outcome text, p_detail text DEFAULT NULL)
RETURNS admission.result
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN ROW(p_outcome, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p_detail)::admission.result;
END $$;

CREATE FUNCTION admission.placed(
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

-- Who lies (or lay) in the bed at that time. The patient's name only for who may see it.
CREATE FUNCTION admission.bed_taken(p_bed_id uuid, p_at timestamptz) RETURNS admission.result
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_result admission.result;
BEGIN
    SELECT 'bed_taken', NULL, NULL, NULL, w.name, d.label,
        CASE WHEN b.patient_id = ANY (auth.patient_ids())
             THEN upper(p.family_name) || ', ' || p.given_name END,
        u.display_name, b.recorded_at,
        to_char(b.recorded_at AT TIME ZONE w.time_zone, CASE
            WHEN b.recorded_at > clock_timestamp() - interval '18 hours' THEN 'HH24:MI'
            ELSE 'HH24:MI on DD-Mon-YYYY' END)
    INTO v_result
    FROM admission.bed_stays b
    JOIN room.beds d ON d.id = b.bed_id
    JOIN room.wards w ON w.id = b.ward_id
    JOIN patient.patients p ON p.id = b.patient_id
    LEFT JOIN public.users u ON u.id = b.recorded_by
    WHERE b.bed_id = p_bed_id AND b.voided_at IS NULL
      AND b.during && tstzrange(p_at, NULL)
    ORDER BY lower(b.during) DESC LIMIT 1;
    RETURN coalesce(v_result, admission.refuse('bed_taken'));
END $$;

-- Null when the bed can be given, else what stands against it.
CREATE FUNCTION admission.bed_refusal(
    p_ward_id uuid, p_bed_id uuid, p_accept_not_clean boolean) RETURNS admission.result
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_availability text;
    v_block_reason text;
    v_readiness text;
BEGIN
    IF NOT EXISTS (SELECT FROM room.wards w
                   WHERE w.id = p_ward_id AND w.facility_id = auth.facility_id()) THEN
        RETURN admission.refuse('bed_unknown');
    ELSIF p_bed_id IS NULL THEN
        RETURN NULL;
    ELSIF NOT EXISTS (SELECT FROM room.beds d
                      WHERE d.id = p_bed_id AND d.ward_id = p_ward_id AND d.is_active) THEN
        RETURN admission.refuse('bed_unknown');
    END IF;
    SELECT s.availability, s.block_reason INTO v_availability, v_block_reason
    FROM room.bed_availability s WHERE s.bed_id = p_bed_id ORDER BY s.seq DESC LIMIT 1;
    IF v_availability IS NOT NULL AND v_availability <> 'open' THEN
        RETURN admission.refuse('bed_not_open', v_block_reason);
    END IF;
    SELECT s.readiness INTO v_readiness
    FROM room.bed_readiness s WHERE s.bed_id = p_bed_id ORDER BY s.seq DESC LIMIT 1;
    IF v_readiness IS NOT NULL AND v_readiness <> 'clean' AND NOT p_accept_not_clean
       AND NOT EXISTS (SELECT FROM admission.bed_stays b WHERE b.bed_id = p_bed_id
                       AND upper_inf(b.during) AND b.voided_at IS NULL) THEN
        RETURN admission.refuse('bed_not_clean', v_readiness);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION admission.mark_dirty(p_bed_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_bed_id IS NOT NULL THEN
        INSERT INTO room.bed_readiness (id, bed_id, readiness, reason, occurred_at)
        VALUES (public.gen_random_uuid(), p_bed_id, 'dirty', p_reason, clock_timestamp());
    END IF;
END $$;

-- Lock the admission, so that steps of one patient never run side by side; false when it is out
-- of reach (and not locked: nobody may hold up another ward's patients). Charting goes on meanwhile:
-- it only refers to the admission.
CREATE FUNCTION admission.lock_in_reach(p_admission_id uuid, p_permission text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT auth.reaches_admission(p_admission_id, p_permission) THEN
        RETURN false;
    END IF;
    PERFORM FROM admission.admissions a WHERE a.id = p_admission_id FOR NO KEY UPDATE;
    RETURN true;
END $$;

-- Lock the beds of a step before anything is written, after its admissions and always in the same
-- order: two steps that meet in a bed then wait for each other once, never in a circle (exclusion
-- constraints alone may deadlock), and the later one finds the bed as the earlier one left it.
CREATE FUNCTION admission.lock_beds(VARIADIC p_bed_ids uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM room.beds d
    WHERE d.id = ANY (p_bed_ids) AND d.ward_id IN (
        SELECT w.id FROM room.wards w WHERE w.facility_id = auth.facility_id())
    ORDER BY d.id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION admission.current_stay(p_admission_id uuid) RETURNS admission.bed_stays
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays;
BEGIN
    SELECT * INTO v_stay FROM admission.bed_stays b
    WHERE b.admission_id = p_admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN v_stay;
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

-- Null when a step at p_at can follow the running stay. Asks about the ward again: the patient
-- may have been moved on while this waited for the lock.
CREATE FUNCTION admission.step_refusal(
    p_stay admission.bed_stays, p_at timestamptz, p_permission text) RETURNS admission.result
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_stay.id IS NULL THEN
        RETURN admission.refuse('already_left');
    ELSIF NOT p_stay.ward_id = ANY (auth.ward_ids(p_permission)) THEN
        RETURN admission.refuse('not_in_reach');
    ELSIF p_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN admission.refuse('in_future');
    ELSIF p_at <= lower(p_stay.during) THEN
        RETURN ROW('before_arrival', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   lower(p_stay.during), (
                   SELECT to_char(lower(p_stay.during) AT TIME ZONE w.time_zone,
                                  'DD-Mon-YYYY HH24:MI')
                   FROM room.wards w WHERE w.id = p_stay.ward_id))::admission.result;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION admission.swap(
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

CREATE FUNCTION admission.discharge(
    p_id uuid, p_admission_id uuid, p_at timestamptz, p_destination text, p_note text)
RETURNS admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays;
    v_in_reach boolean;
    v_refusal admission.result;
BEGIN
    PERFORM auth.require('admission.discharge');
    v_in_reach := admission.lock_in_reach(p_admission_id, 'admission.discharge');
    IF EXISTS (SELECT FROM admission.discharges d WHERE d.id = p_id
               AND d.admission_id = p_admission_id AND d.recorded_by = auth.uid()) THEN
        RETURN admission.placed('A03', p_id, p_admission_id);
    ELSIF NOT v_in_reach THEN
        RETURN admission.refuse('not_in_reach');
    END IF;
    v_stay := admission.current_stay(p_admission_id);
    v_refusal := admission.step_refusal(v_stay, p_at, 'admission.discharge');
    IF v_refusal.outcome IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    PERFORM admission.lock_beds(v_stay.bed_id);
    UPDATE admission.bed_stays SET during = tstzrange(lower(during), p_at) WHERE id = v_stay.id;
    UPDATE admission.admissions SET discharged_at = p_at WHERE id = p_admission_id;
    INSERT INTO admission.discharges (id, admission_id, destination, from_stay_id, note,
        occurred_at, recorded_by)
    VALUES (p_id, p_admission_id, p_destination, v_stay.id, p_note, p_at, auth.uid());
    PERFORM admission.mark_dirty(v_stay.bed_id, 'patient left');
    RETURN admission.placed('A03', p_id, p_admission_id);
END $$;
