-- Passwords have no rules again; the tables go with their rows and grants.
DROP FUNCTION auth.change_password(text, text);
DROP FUNCTION auth.record_account_event(uuid, text, text, text);
DROP FUNCTION auth.end_sessions(uuid, text, uuid);
DROP FUNCTION auth.password_problem(text, text, text);
REVOKE UPDATE (password_hash, must_change_password, password_expires_at, password_changed_at)
    ON public.users FROM ward_definer;
