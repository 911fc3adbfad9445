-- A second person stands by one act: they prove themselves at the workstation of the first, whose
-- command takes the proof with it. It is bound to that session, that workstation and that
-- command, good for two minutes and for one use.

ALTER TABLE public.witness_proofs ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.witness_proofs FORCE ROW LEVEL SECURITY;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.witness_proofs
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('proof_sha256');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON public.witness_proofs
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
GRANT SELECT, INSERT ON public.witness_proofs TO ward_definer;
GRANT UPDATE (used_at) ON public.witness_proofs TO ward_definer;

-- Verify a witness as signing in does, with all that it counts and records, and return a proof
-- for the command. The witness gets no session of their own.
CREATE FUNCTION auth.witness(p_command_id uuid, p_who text, p_secret text, p_by_badge boolean)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first auth.live_session;
    v_answer jsonb;
    v_proof text := encode(public.gen_random_bytes(32), 'hex');
    v_until timestamptz;
BEGIN
    SELECT * INTO v_first FROM auth.live_session;
    IF v_first.session_id IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    ELSIF p_command_id IS NULL THEN
        RAISE EXCEPTION 'a witness stands by one command' USING ERRCODE = '22004';
    END IF;
    v_answer := CASE WHEN p_by_badge THEN auth.sign_in_with_badge(p_who, p_secret)
                     ELSE auth.sign_in_v2(p_who, p_secret) END;
    UPDATE public.sessions SET ended_at = clock_timestamp(), end_reason = 'witness only'
    WHERE id = (v_answer ->> 'session_id')::uuid;
    IF v_answer ->> 'outcome' <> 'signed_in' THEN
        RETURN v_answer - 'token' - 'session_id';
    ELSIF (v_answer ->> 'user_id')::uuid = v_first.user_id THEN
        RETURN jsonb_build_object('outcome', 'same_person');
    END IF;
    INSERT INTO public.witness_proofs (id, proof_sha256, session_id, workstation, command_id,
                                       witness_id, xact, valid_until)
    VALUES (public.gen_random_uuid(), sha256(convert_to(v_proof, 'UTF8')), v_first.session_id,
            v_first.workstation, p_command_id, (v_answer ->> 'user_id')::uuid,
            pg_current_xact_id()::text::bigint, clock_timestamp() + interval '2 minutes')
    RETURNING valid_until INTO v_until;
    RETURN jsonb_build_object('outcome', 'witnessed', 'proof', v_proof, 'valid_until', v_until,
        'witness_id', v_answer -> 'user_id', 'display_name', v_answer -> 'display_name');
END $$;

-- Use up a proof for a command, inside the function that does it, and return who the witness is.
-- A command that is repeated finds that it was done before it asks for its witness.
CREATE FUNCTION auth.use_witness(p_command_id uuid, p_proof text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_witness_id uuid;
BEGIN
    UPDATE public.witness_proofs p SET used_at = clock_timestamp()
    FROM auth.live_session l, public.users u
    WHERE p.proof_sha256 = sha256(convert_to(p_proof, 'UTF8'))
      AND p.command_id = p_command_id
      AND p.session_id = l.session_id AND p.workstation = l.workstation
      AND u.id = p.witness_id AND u.is_active AND u.id <> l.user_id
      AND p.used_at IS NULL AND p.valid_until > clock_timestamp()
      -- undone, nobody stood by: on record first, then of use
      AND p.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
    RETURNING p.witness_id INTO v_witness_id;
    IF v_witness_id IS NULL THEN
        RAISE EXCEPTION 'This needs a second person as witness. Ask them to prove it once more.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN v_witness_id;
END $$;
