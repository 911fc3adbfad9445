-- A session that was begun with a one-time or expired password proves nobody: it is good for
-- choosing a new password, and for nothing else, until it is over. Whoever must choose one is proved
-- by no other session: also not by one that began in the very moment in which it was asked for.
-- Who acts is asked several times in every transaction. The token is hashed once for each: as part of
-- the condition it was hashed for every session that was looked at.

CREATE VIEW auth.proved_session AS
SELECT s.id AS session_id, s.user_id, s.workstation, u.facility_id, s.only_to_change
FROM public.sessions s
JOIN public.users u ON u.id = s.user_id AND u.is_active
    AND (u.valid_until IS NULL OR u.valid_until > clock_timestamp())
JOIN public.workstations w ON w.role_name = s.workstation AND w.revoked_at IS NULL
    AND s.created_at >= w.enrolled_at
WHERE current_setting('transaction_isolation') = 'read committed'
  AND s.token_sha256 = (
      SELECT sha256(convert_to(current_setting('ward.token', true), 'UTF8')))
  AND s.workstation = session_user::text
  AND s.ended_at IS NULL
  AND s.expires_at > clock_timestamp()
  AND s.last_seen_at > clock_timestamp() - make_interval(mins => u.idle_minutes)
  AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND (s.only_to_change OR NOT u.must_change_password);
ALTER VIEW auth.proved_session OWNER TO ward_definer;

CREATE OR REPLACE VIEW auth.live_session AS
SELECT session_id, user_id, workstation, facility_id
FROM auth.proved_session
WHERE NOT only_to_change;
