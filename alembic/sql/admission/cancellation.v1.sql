-- Undoing the latest step: a compensating event with a reason; what happened stays on record.

CREATE FUNCTION admission.add_stay(
    p_like admission.bed_stays, p_bed_id uuid, p_during tstzrange) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_id uuid := public.gen_random_uuid();
BEGIN
    INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, bed_id, during,
        ward_arrived_at, share_group, recorded_by)
    VALUES (v_id, p_like.admission_id, p_like.patient_id, p_like.ward_id, p_bed_id, p_during,
        p_like.ward_arrived_at, v_id, auth.uid());
END $$;

-- Put the patient back where the stay was, as if never gone since p_at. Where somebody lay in
-- that bed meanwhile: back into it from now on if it is free again, else onto the ward without
-- a bed.
CREATE FUNCTION admission.reopen_stay(p_stay_id uuid, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays;
    v_now timestamptz := greatest(clock_timestamp(), p_at + interval '1 millisecond');
BEGIN
    BEGIN
        UPDATE admission.bed_stays
        SET during = tstzrange(lower(during), NULL), xact = pg_current_xact_id()::text::bigint
        WHERE id = p_stay_id;
        RETURN;
    EXCEPTION WHEN exclusion_violation THEN
        SELECT * INTO v_stay FROM admission.bed_stays WHERE id = p_stay_id;
    END;
    BEGIN
        PERFORM admission.add_stay(v_stay, v_stay.bed_id, tstzrange(v_now, NULL));
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, v_now));
    EXCEPTION WHEN exclusion_violation THEN
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, NULL));
    END;
END $$;

-- Void where the patient was from p_at on; returns the bed so left, null when there was none.
-- More than the one stay of the step: undoing later steps may have put others in its place.
CREATE FUNCTION admission.void_stays(p_admission_id uuid, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bed_id uuid := (admission.current_stay(p_admission_id)).bed_id;
BEGIN
    UPDATE admission.bed_stays SET voided_at = clock_timestamp()
    WHERE admission_id = p_admission_id AND voided_at IS NULL AND lower(during) >= p_at;
    RETURN v_bed_id;
END $$;

CREATE FUNCTION admission.latest_transfer(p_admission_id uuid) RETURNS admission.transfers
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_transfer admission.transfers;
BEGIN
    SELECT * INTO v_transfer FROM admission.transfers t
    WHERE t.admission_id = p_admission_id AND t.kind <> 'cancellation'
      AND NOT EXISTS (SELECT FROM admission.transfers c WHERE c.cancels_id = t.id)
    ORDER BY t.seq DESC LIMIT 1;
    RETURN v_transfer;
END $$;

CREATE FUNCTION admission.record_transfer_cancelled(
    p_id uuid, p_transfer admission.transfers, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO admission.transfers (id, admission_id, kind, from_ward_id, from_bed_id,
        to_ward_id, to_bed_id, from_stay_id, to_stay_id, cancels_id, reason, occurred_at,
        recorded_by)
    SELECT p_id, p_transfer.admission_id, 'cancellation', p_transfer.to_ward_id,
        p_transfer.to_bed_id, b.ward_id, b.bed_id, p_transfer.to_stay_id, b.id, p_transfer.id,
        p_reason, clock_timestamp(), auth.uid()
    FROM admission.bed_stays b
    WHERE b.admission_id = p_transfer.admission_id AND upper_inf(b.during)
      AND b.voided_at IS NULL;
END $$;

CREATE FUNCTION admission.cancel_transfer(
    p_id uuid, p_transfer admission.transfers, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_other admission.transfers;
    v_partner admission.transfers;
    v_left_bed_id uuid;
BEGIN
    IF p_transfer.kind = 'swap' THEN
        SELECT * INTO v_partner FROM admission.transfers WHERE id = p_transfer.swapped_with_id;
        v_other := admission.latest_transfer(v_partner.admission_id);
        -- the other half is undone too, unless that patient has moved on or left since
        IF v_other.id IS DISTINCT FROM v_partner.id
           OR NOT EXISTS (SELECT FROM admission.bed_stays b WHERE b.id = v_partner.to_stay_id
                          AND upper_inf(b.during) AND b.voided_at IS NULL) THEN
            v_partner := NULL;
        END IF;
    END IF;
    PERFORM admission.lock_beds(
        (admission.current_stay(p_transfer.admission_id)).bed_id, p_transfer.from_bed_id,
        v_partner.from_bed_id, v_partner.to_bed_id);
    v_left_bed_id := admission.void_stays(p_transfer.admission_id, p_transfer.occurred_at);
    IF v_partner.id IS NOT NULL THEN
        PERFORM admission.void_stays(v_partner.admission_id, v_partner.occurred_at);
        PERFORM admission.reopen_stay(v_partner.from_stay_id, v_partner.occurred_at);
    END IF;
    PERFORM admission.reopen_stay(p_transfer.from_stay_id, p_transfer.occurred_at);
    PERFORM admission.record_transfer_cancelled(p_id, p_transfer, p_reason);
    IF v_partner.id IS NOT NULL THEN
        PERFORM admission.record_transfer_cancelled(
            public.gen_random_uuid(), v_partner, p_reason);
    ELSE
        PERFORM admission.mark_dirty(v_left_bed_id, 'move cancelled');
    END IF;
END $$;

CREATE FUNCTION admission.cancel_discharge(
    p_id uuid, p_admission_id uuid, p_reason text) RETURNS admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_discharge admission.discharges;
BEGIN
    SELECT * INTO v_discharge FROM admission.discharges d
    WHERE d.admission_id = p_admission_id AND d.cancels_id IS NULL
      AND NOT EXISTS (SELECT FROM admission.discharges c WHERE c.cancels_id = d.id)
    ORDER BY d.seq DESC LIMIT 1;
    IF v_discharge.id IS NULL THEN  -- an imported stay: it has an end but no discharge of ours
        RETURN admission.refuse('nothing_to_undo');
    END IF;
    PERFORM admission.lock_beds((
        SELECT b.bed_id FROM admission.bed_stays b WHERE b.id = v_discharge.from_stay_id));
    BEGIN
        UPDATE admission.admissions SET discharged_at = NULL WHERE id = p_admission_id;
        PERFORM admission.reopen_stay(v_discharge.from_stay_id, v_discharge.occurred_at);
    EXCEPTION WHEN unique_violation THEN
        RETURN admission.refuse('already_in_hospital', (
            SELECT l.place FROM admission.admissions a, patient.location(a.patient_id) l
            WHERE a.id = p_admission_id));
    WHEN exclusion_violation THEN
        RETURN admission.refuse('readmitted');
    END;
    INSERT INTO admission.discharges (id, admission_id, from_stay_id, cancels_id, note,
        occurred_at, recorded_by)
    VALUES (p_id, p_admission_id, v_discharge.from_stay_id, v_discharge.id, p_reason,
        clock_timestamp(), auth.uid());
    RETURN admission.placed('A13', p_id, p_admission_id);
END $$;

CREATE FUNCTION admission.cancel_admission(
    p_id uuid, p_admission_id uuid, p_reason text) RETURNS admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays := admission.current_stay(p_admission_id);
BEGIN
    PERFORM admission.lock_beds(v_stay.bed_id);
    UPDATE admission.bed_stays SET voided_at = clock_timestamp()
    WHERE admission_id = p_admission_id AND voided_at IS NULL;
    UPDATE admission.admissions
    SET cancelled_at = clock_timestamp(), cancelled_by = auth.uid(), cancel_reason = p_reason
    WHERE id = p_admission_id;
    PERFORM admission.mark_dirty(v_stay.bed_id, 'admission cancelled');
    RETURN admission.placed('A11', p_id, p_admission_id);
END $$;

-- Whether the session may undo the latest step: of a patient on its wards, and for a day of one
-- it sent to another ward, so that whoever moved the wrong patient can put it right.
CREATE FUNCTION admission.may_undo(
    p_admission_id uuid, p_transfer admission.transfers) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.reaches_admission(p_admission_id, 'admission.cancel')
        OR (coalesce(p_transfer.from_ward_id = ANY (auth.ward_ids('admission.cancel')), false)
            AND p_transfer.recorded_at > statement_timestamp() - interval '24 hours'
            AND EXISTS (SELECT FROM admission.bed_stays b WHERE b.id = p_transfer.to_stay_id
                        AND upper_inf(b.during) AND b.voided_at IS NULL));
END $$;

-- Whether this very undoing was done before. An undone admission keeps no id of the undoing.
CREATE FUNCTION admission.undone_as(
    p_id uuid, p_admission_id uuid, p_reason text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT 'A12' FROM admission.transfers t
        WHERE t.id = p_id AND t.admission_id = p_admission_id
          AND t.kind = 'cancellation' AND t.recorded_by = auth.uid()
        UNION ALL
        SELECT 'A13' FROM admission.discharges d
        WHERE d.id = p_id AND d.admission_id = p_admission_id
          AND d.cancels_id IS NOT NULL AND d.recorded_by = auth.uid()
        UNION ALL
        SELECT 'A11' FROM admission.admissions a
        WHERE a.id = p_admission_id AND a.cancelled_by = auth.uid()
          AND a.cancel_reason = p_reason
        LIMIT 1);
END $$;

-- The latest step in force: a discharge, a move, or the admission itself.
CREATE FUNCTION admission.latest_step_id(p_admission_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(
        (SELECT d.id FROM admission.discharges d
         JOIN admission.admissions a ON a.id = d.admission_id AND a.discharged_at IS NOT NULL
         WHERE d.admission_id = p_admission_id AND d.cancels_id IS NULL
           AND NOT EXISTS (SELECT FROM admission.discharges c WHERE c.cancels_id = d.id)
         ORDER BY d.seq DESC LIMIT 1),
        (admission.latest_transfer(p_admission_id)).id,
        p_admission_id);
END $$;

-- Undo the latest step in force, if it is p_step_id (null: if it is the one before any waiting).
CREATE FUNCTION admission.cancel_latest_step(
    p_id uuid, p_admission_id uuid, p_reason text, p_step_id uuid DEFAULT NULL)
RETURNS admission.result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_transfer admission.transfers := admission.latest_transfer(p_admission_id);
    v_step_id uuid := coalesce(p_step_id, admission.latest_step_id(p_admission_id));
    v_done text;
BEGIN
    PERFORM auth.require('admission.cancel');
    IF length(btrim(coalesce(p_reason, ''))) < 3 THEN
        RAISE EXCEPTION 'Undoing a step needs a reason.' USING ERRCODE = 'WA001';
    END IF;
    IF admission.may_undo(p_admission_id, v_transfer) THEN
        PERFORM FROM admission.admissions a
        WHERE a.id = p_admission_id OR a.id = (
            SELECT o.admission_id FROM admission.transfers o WHERE o.id = v_transfer.swapped_with_id)
        ORDER BY a.id FOR NO KEY UPDATE;
    END IF;
    v_done := admission.undone_as(p_id, p_admission_id, p_reason);
    v_transfer := admission.latest_transfer(p_admission_id);
    IF v_done IS NOT NULL THEN
        RETURN admission.placed(v_done, p_id, p_admission_id);
    ELSIF NOT admission.may_undo(p_admission_id, v_transfer) THEN
        RETURN admission.refuse(CASE WHEN EXISTS (
            SELECT FROM admission.admissions a
            JOIN admission.bed_stays b ON b.admission_id = a.id
            WHERE a.id = p_admission_id AND a.cancelled_at IS NOT NULL
              AND b.ward_id = ANY (auth.ward_ids('admission.cancel')))
            THEN 'nothing_to_undo' ELSE 'not_in_reach' END);
    ELSIF v_step_id <> admission.latest_step_id(p_admission_id) THEN
        RETURN admission.refuse('step_changed');
    ELSIF EXISTS (SELECT FROM admission.admissions a
                  WHERE a.id = p_admission_id AND a.discharged_at IS NOT NULL) THEN
        RETURN admission.cancel_discharge(p_id, p_admission_id, p_reason);
    ELSIF v_transfer.id IS NOT NULL THEN
        PERFORM admission.cancel_transfer(p_id, v_transfer, p_reason);
        RETURN admission.placed('A12', p_id, p_admission_id);
    END IF;
    RETURN admission.cancel_admission(p_id, p_admission_id, p_reason);
END $$;

-- Which beds of the facility are occupied: no patient is named.
CREATE FUNCTION admission.occupied_beds() RETURNS TABLE (bed_id uuid, since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('board.view');
    RETURN QUERY
    SELECT b.bed_id, min(lower(b.during)) FROM admission.bed_stays b
    JOIN room.wards w ON w.id = b.ward_id AND w.facility_id = auth.facility_id()
    WHERE b.bed_id IS NOT NULL AND upper_inf(b.during) AND b.voided_at IS NULL
    GROUP BY b.bed_id;
END $$;
