-- Nobody signs in by badge again; the tables go with their rows, grants and triggers.
DROP FUNCTION auth.take_badge(uuid, text);
DROP FUNCTION auth.badge_holders();
DROP FUNCTION auth.give_badge(uuid, text, text);
DROP FUNCTION auth.drop_badge();
DROP FUNCTION auth.keep_badge_and_pin(text, text, text);
DROP FUNCTION auth.store_badge(uuid, text, text);
DROP FUNCTION auth.sign_in_with_badge(text, text);
DROP FUNCTION auth.password_is_recent(uuid);
DROP FUNCTION auth.forget_pin_tries(uuid);
DROP FUNCTION auth.count_pin_try(uuid);
DROP FUNCTION auth.pin_tries(uuid);
DROP FUNCTION auth.pin_problem(text, text);
DROP FUNCTION auth.badge_problem(text, uuid);
DROP FUNCTION auth.badge_hash(text);
-- the counters of PINs
SET LOCAL ROLE ward_definer;
DO $$
DECLARE
    v_counter text;
BEGIN
    FOR v_counter IN SELECT format('auth.%I', 'tries_' || replace(id::text, '-', ''))
                     FROM public.pins LOOP
        EXECUTE 'DROP SEQUENCE IF EXISTS ' || v_counter;
    END LOOP;
END $$;
SET LOCAL ROLE ward_owner;
DROP TRIGGER log_change ON public.installation;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.installation
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
