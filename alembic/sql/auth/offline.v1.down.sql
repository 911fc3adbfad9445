DROP FUNCTION auth.end_acting(text);
DROP FUNCTION auth.begin_acting_for(public.sessions);
DROP FUNCTION auth.charting_session(uuid);
DROP TRIGGER log_change ON public.installation;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.installation
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('badge_key');
