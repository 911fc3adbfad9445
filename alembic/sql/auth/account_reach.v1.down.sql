-- Whose accounts a session may change is decided by nobody again.
DROP FUNCTION auth.unlock_account(uuid, text);
DROP FUNCTION auth.locked_until(uuid);
CREATE OR REPLACE FUNCTION auth.count_try(p_id uuid, p_tries integer) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_window_s constant bigint := 900;
    v_counter text := format('auth.%I', auth.counter_name(p_id));
    v_now_s bigint := extract(epoch FROM clock_timestamp())::bigint;
    v_value bigint := nextval(v_counter);
    v_start_s bigint := v_value / 1000;
    v_try bigint := v_value % 1000;
BEGIN
    IF v_now_s - v_start_s > c_window_s THEN
        PERFORM setval(v_counter, v_now_s * 1000 + 1);
        RETURN NULL;
    END IF;
    IF v_try > 900 THEN  -- never let the count run over into the next second
        PERFORM setval(v_counter, v_start_s * 1000 + 900);
    END IF;
    RETURN CASE WHEN v_try > p_tries THEN to_timestamp(v_start_s + c_window_s) END;
END $$;
DROP FUNCTION auth.unlocked_since(uuid, timestamptz);
DROP FUNCTION auth.ward_to_assign(uuid, text, text);
DROP FUNCTION auth.administrator_roles();
DROP FUNCTION auth.require_account_step(uuid, text, text);
DROP FUNCTION auth.account_ids();
DROP FUNCTION auth.account_reach(uuid);
REVOKE UPDATE (unlocked_at, unlocked_xact) ON public.users FROM ward_definer;

-- IT gives no accounts again
GRANT DELETE ON public.role_grants, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_grants g USING public.roles r WHERE r.id = g.role_id AND r.name = 'it';
DELETE FROM public.role_permissions rp USING public.roles r, public.permissions p
WHERE r.id = rp.role_id AND r.name = 'it' AND p.id = rp.permission_id AND p.name = 'staff.manage';
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.role_grants, public.role_permissions FROM ward_definer;
