-- Accounts are managed by nobody again; tables of their own go with their rows and grants.
DROP FUNCTION auth.take_ward(uuid, text, text);
DROP FUNCTION auth.give_ward(uuid, text, text);
DROP FUNCTION auth.ward_to_give(uuid, text);
DROP FUNCTION auth.take_role(uuid, text, text);
DROP FUNCTION auth.give_role(uuid, text, text);
DROP FUNCTION auth.role_to_give(uuid, text);
DROP FUNCTION auth.set_account_end(uuid, timestamptz, text);
DROP FUNCTION auth.expire_password(uuid, text);
DROP FUNCTION auth.set_account_active(uuid, boolean, text);
DROP FUNCTION auth.reset_password(uuid, text);
DROP FUNCTION auth.create_account(uuid, jsonb, text);
DROP FUNCTION auth.give_one_time_password(uuid);
DROP FUNCTION auth.spare_last_administrator(uuid);
DROP FUNCTION auth.administrators(uuid);
DROP FUNCTION auth.require_account_manager(uuid, text);
DROP TRIGGER log_change ON public.users;
CREATE TRIGGER log_change AFTER INSERT OR DELETE
    OR UPDATE OF login, email, display_name, profession, specialization, phone,
        password_hash, idle_minutes, idle_lock_minutes, is_active, facility_id
    ON public.users FOR EACH ROW EXECUTE FUNCTION audit.log_change('password_hash');
REVOKE INSERT ON public.users, public.user_roles, public.user_wards FROM ward_definer;
REVOKE DELETE ON public.user_roles, public.user_wards FROM ward_definer;
REVOKE UPDATE (is_active, valid_until) ON public.users FROM ward_definer;
