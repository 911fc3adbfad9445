-- The register of devices: who, when, where and the score are the database's to say. A device is
-- removed once, is not looked at before it was put in nor after it came out; whatever program
-- writes, a bulk load too.

GRANT SELECT ON report.device_packs, report.device_settings, report.devices,
    report.device_checks, report.device_removals TO ward_definer;
CREATE TRIGGER stamp BEFORE INSERT ON report.device_settings
    FOR EACH ROW EXECUTE FUNCTION audit.stamp();

CREATE POLICY signed_in ON report.device_packs FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY signed_in ON report.device_settings FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY chart_open ON report.devices FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY chart_open ON report.device_checks FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY chart_open ON report.device_removals FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY recording ON report.devices FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'device.record')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY checking ON report.device_checks FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'device.check')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY removing ON report.device_removals FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'device.record')
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.device_packs, report.device_settings, report.devices,
    report.device_checks, report.device_removals TO ward_client;
GRANT INSERT (id, admission_id, pack_version, pack_hash, kind, site, side, size, inserted_at,
    inserted_by, reason, due_out_at, note, status, supersedes_id, change_reason)
    ON report.devices TO ward_client;
GRANT INSERT (id, device_id, admission_id, pack_version, pack_hash, signs, note, occurred_at,
    status, supersedes_id, change_reason) ON report.device_checks TO ward_client;
GRANT INSERT (id, device_id, admission_id, reason, tip, removed_by, note, occurred_at, status,
    supersedes_id, change_reason) ON report.device_removals TO ward_client;
GRANT SELECT, INSERT ON report.device_packs, report.device_settings, report.devices,
    report.device_checks, report.device_removals TO ward_loader;

-- Whose stay it is, and the ward at a time; the nearest there was where nobody lay in a bed then.
CREATE FUNCTION report.device_place(
    p_admission_id uuid, p_at timestamptz, OUT patient_id uuid, OUT ward_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT a.patient_id INTO patient_id
    FROM admission.admissions a WHERE a.id = p_admission_id;
    SELECT b.ward_id INTO ward_id FROM admission.bed_stays b
    WHERE b.admission_id = p_admission_id AND b.voided_at IS NULL
    ORDER BY b.during @> p_at DESC, upper_inf(b.during) DESC, lower(b.during) DESC LIMIT 1;
END $$;

-- The row of a device that is in force; its status says whether it was struck out.
CREATE FUNCTION report.device_now(p_device_id uuid) RETURNS report.devices
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row report.devices;
BEGIN
    SELECT * INTO v_row FROM report.devices d WHERE d.device_id = p_device_id
      AND NOT EXISTS (SELECT FROM report.devices c WHERE c.supersedes_id = d.id);
    RETURN v_row;
END $$;

-- The newest row of a device's removal, null before any; its status says whether it holds.
CREATE FUNCTION report.device_removal_now(p_device_id uuid) RETURNS report.device_removals
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row report.device_removals;
BEGIN
    SELECT * INTO v_row FROM report.device_removals r WHERE r.device_id = p_device_id
      AND NOT EXISTS (SELECT FROM report.device_removals c WHERE c.supersedes_id = r.id);
    RETURN v_row;
END $$;

-- First and last look in force at a device; both null without any.
CREATE FUNCTION report.device_looked_at(
    p_device_id uuid, OUT first_at timestamptz, OUT last_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT min(k.occurred_at), max(k.occurred_at) INTO first_at, last_at
    FROM report.device_checks k
    WHERE k.device_id = p_device_id AND k.status = 'final'
      AND NOT EXISTS (SELECT FROM report.device_checks c WHERE c.supersedes_id = k.id);
END $$;

-- The scheme of a kind in a registered pack, null when the database does not know it.
CREATE FUNCTION report.device_scheme(p_version text, p_hash text, p_kind text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT s.scheme
        FROM report.device_packs p
        CROSS JOIN LATERAL jsonb_array_elements(p.kinds) AS k(kind)
        CROSS JOIN LATERAL jsonb_array_elements(p.schemes) AS s(scheme)
        WHERE p.name = 'devices' AND p.version = p_version AND p.hash = p_hash
          AND k.kind ->> 'name' = p_kind AND s.scheme ->> 'name' = k.kind ->> 'scheme');
END $$;

-- The highest score whose signs suffice; what was not looked for counts as p_unknown says.
CREATE FUNCTION report.device_score(p_scheme jsonb, p_signs jsonb, p_unknown boolean)
RETURNS smallint
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT max((l ->> 'score')::smallint) FROM jsonb_array_elements(p_scheme -> 'levels') l
        WHERE (l ->> 'at_least')::integer <= (
            SELECT count(*) FROM jsonb_array_elements_text(l -> 'of') s
            WHERE coalesce((p_signs ->> s)::boolean, p_unknown)));
END $$;

-- Why a device cannot be stored as it is said to be; null = it can.
CREATE FUNCTION report.device_problem(p_new report.devices, p_before report.devices)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_scheme jsonb := report.device_scheme(p_new.pack_version, p_new.pack_hash, p_new.kind);
    v_removal report.device_removals := report.device_removal_now(p_new.device_id);
    v_first_at timestamptz := (report.device_looked_at(p_new.device_id)).first_at;
BEGIN
    IF v_scheme IS NULL THEN
        RETURN 'The ward database does not know this kind of device. Tell IT.';
    ELSIF p_new.inserted_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time of insertion lies in the future. Check it.';
    ELSIF p_new.inserted_at > v_first_at THEN
        RETURN 'The site was looked at before this time. Correct that first.';
    ELSIF v_removal.status = 'final' AND p_new.inserted_at >= v_removal.occurred_at THEN
        RETURN 'The device was removed before this time. Correct that first.';
    ELSIF v_first_at IS NOT NULL AND v_scheme ->> 'name' <> report.device_scheme(
        p_before.pack_version, p_before.pack_hash, p_before.kind) ->> 'name' THEN
        RETURN 'The looks at this device do not fit that kind. Strike it out instead.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report.complete_device() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.devices;
    v_before report.devices;
    v_problem text;
BEGIN
    SELECT * INTO v_same FROM report.devices d
    WHERE d.id = NEW.id AND d.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
        PERFORM report.require_reach(NEW.admission_id, 'device.record', 'devices');
        -- two who write about the same devices do so one after the other
        PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    END IF;
    NEW.device_id := NEW.id;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT * INTO v_before FROM report.devices d WHERE d.id = NEW.supersedes_id
          AND d.admission_id = NEW.admission_id AND d.status = 'final';
        IF v_before.id IS NULL THEN
            RAISE EXCEPTION 'The device to be corrected does not belong to this stay.'
                USING ERRCODE = 'WA001';
        END IF;
        NEW.device_id := v_before.device_id;
    END IF;
    IF NEW.status <> 'final' AND v_before.id IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, to_jsonb(v_before) - ARRAY['id', 'status',
            'supersedes_id', 'change_reason', 'recorded_at', 'recorded_by']);
        RETURN NEW;
    END IF;
    SELECT p.patient_id, p.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM report.device_place(NEW.admission_id, coalesce(NEW.inserted_at, NEW.recorded_at)) p;
    v_problem := report.device_problem(NEW, v_before);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.devices
    FOR EACH ROW EXECUTE FUNCTION report.complete_device();

-- Why a device cannot have been looked at as said; null = it can.
CREATE FUNCTION report.device_check_problem(
    p_new report.device_checks, p_device report.devices, p_scheme jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_removal report.device_removals := report.device_removal_now(p_new.device_id);
BEGIN
    IF p_scheme IS NULL THEN
        RETURN 'The ward database does not know this kind of device. Tell IT.';
    ELSIF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time lies in the future. Check it.';
    ELSIF p_new.occurred_at < p_device.inserted_at THEN
        RETURN 'The device was not in place yet at this time. Check it.';
    ELSIF v_removal.status = 'final' AND p_new.occurred_at > v_removal.occurred_at THEN
        RETURN 'The device was out by this time. Check it.';
    ELSIF jsonb_typeof(p_new.signs) <> 'object' OR p_new.signs = '{}' THEN
        RETURN 'Say what was looked for: no sign is answered.';
    ELSIF EXISTS (SELECT FROM jsonb_each(p_new.signs) s WHERE jsonb_typeof(s.value) <> 'boolean'
        OR NOT EXISTS (SELECT FROM jsonb_array_elements(p_scheme -> 'signs') k
                       WHERE k ->> 'name' = s.key)) THEN
        RETURN 'A sign does not belong to this kind of device.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report.complete_device_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.device_checks;
    v_before report.device_checks;
    v_device report.devices;
    v_scheme jsonb;
    v_problem text;
BEGIN
    SELECT * INTO v_same FROM report.device_checks k
    WHERE k.id = NEW.id AND k.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
        PERFORM report.require_reach(NEW.admission_id, CASE WHEN NEW.supersedes_id IS NULL
            THEN 'device.check' ELSE 'device.record' END, 'device_checks');
        PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    END IF;
    v_device := report.device_now(NEW.device_id);
    IF v_device.admission_id IS DISTINCT FROM NEW.admission_id OR v_device.status <> 'final' THEN
        RAISE EXCEPTION 'This device is not recorded for this stay any more. Look again.'
            USING ERRCODE = 'WA001';
    END IF;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT * INTO v_before FROM report.device_checks k WHERE k.id = NEW.supersedes_id
          AND k.device_id = NEW.device_id AND k.status = 'final';
        IF v_before.id IS NULL THEN
            RAISE EXCEPTION 'The check to be corrected does not belong to this device.'
                USING ERRCODE = 'WA001';
        END IF;
    END IF;
    IF NEW.status <> 'final' AND v_before.id IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, to_jsonb(v_before) - ARRAY['id', 'status',
            'supersedes_id', 'change_reason', 'recorded_at', 'recorded_by']);
        RETURN NEW;
    END IF;
    SELECT p.patient_id, p.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM report.device_place(NEW.admission_id, NEW.occurred_at) p;
    v_scheme := report.device_scheme(NEW.pack_version, NEW.pack_hash, v_device.kind);
    v_problem := report.device_check_problem(NEW, v_device, v_scheme);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    NEW.scheme := v_scheme ->> 'name';
    NEW.at_least := report.device_score(v_scheme, NEW.signs, false);
    -- what was not looked for may be there: no score unless it would change nothing
    NEW.score := CASE WHEN NEW.at_least = report.device_score(v_scheme, NEW.signs, true)
        THEN NEW.at_least END;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.device_checks
    FOR EACH ROW EXECUTE FUNCTION report.complete_device_check();

-- Why a device cannot have come out as said; null = it can.
CREATE FUNCTION report.device_removal_problem(
    p_new report.device_removals, p_device report.devices, p_before report.device_removals)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_new.supersedes_id IS NULL AND p_before.status = 'final' THEN
        RETURN 'This device is removed already. Look at the list again.';
    ELSIF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time lies in the future. Check it.';
    ELSIF p_new.occurred_at < p_device.inserted_at THEN
        RETURN 'The device was not in place yet at this time. Check it.';
    ELSIF p_new.occurred_at < (report.device_looked_at(p_new.device_id)).last_at THEN
        RETURN 'The site was looked at after this time. Check it, or correct that first.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report.complete_device_removal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.device_removals;
    v_before report.device_removals;
    v_device report.devices;
    v_problem text;
BEGIN
    SELECT * INTO v_same FROM report.device_removals r
    WHERE r.id = NEW.id AND r.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
        PERFORM report.require_reach(NEW.admission_id, 'device.record', 'device_removals');
        PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    END IF;
    v_device := report.device_now(NEW.device_id);
    IF v_device.admission_id IS DISTINCT FROM NEW.admission_id OR v_device.status <> 'final' THEN
        RAISE EXCEPTION 'This device is not recorded for this stay any more. Look again.'
            USING ERRCODE = 'WA001';
    END IF;
    v_before := report.device_removal_now(NEW.device_id);
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM report.device_removals r WHERE r.id = NEW.supersedes_id
          AND r.device_id = NEW.device_id AND r.status = 'final') THEN
        RAISE EXCEPTION 'The removal to be corrected does not belong to this device.'
            USING ERRCODE = 'WA001';
    END IF;
    IF NEW.status <> 'final' AND v_before.id IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, to_jsonb(v_before) - ARRAY['id', 'status',
            'supersedes_id', 'change_reason', 'recorded_at', 'recorded_by']);
        RETURN NEW;
    END IF;
    SELECT p.patient_id, p.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM report.device_place(NEW.admission_id, NEW.occurred_at) p;
    v_problem := report.device_removal_problem(NEW, v_device, v_before);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    IF NEW.supersedes_id IS NULL AND v_before.id IS NOT NULL THEN
        NEW.supersedes_id := v_before.id;
        NEW.change_reason := 'Removed after all.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.device_removals
    FOR EACH ROW EXECUTE FUNCTION report.complete_device_removal();

CREATE FUNCTION report.announce_device() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':devices') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.devices
    FOR EACH ROW EXECUTE FUNCTION report.announce_device();
CREATE TRIGGER announce AFTER INSERT ON report.device_checks
    FOR EACH ROW EXECUTE FUNCTION report.announce_device();
CREATE TRIGGER announce AFTER INSERT ON report.device_removals
    FOR EACH ROW EXECUTE FUNCTION report.announce_device();
