-- The program shows no accounts again.
DROP POLICY own_or_in_reach ON public.account_events;
REVOKE SELECT ON public.account_events FROM ward_client;
DROP FUNCTION auth.role_catalogue();
DROP FUNCTION auth.sign_ins(uuid);
DROP FUNCTION auth.accounts();
