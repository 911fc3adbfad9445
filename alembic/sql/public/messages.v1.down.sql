-- Take messages and their permissions away again. What takes or gives a row of the tables went
-- with them.
DROP FUNCTION IF EXISTS public.message_addressees, public.my_messages,
    public.record_message_event, public.pass_on_messages, public.unanswered_messages,
    public.message_steps_now, public.announce_message, public.message_problem,
    public.holders_of, public.reads_messages, public.complete_message, public.tell_of_message;
DROP TYPE public.message_result;
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions WHERE permission_id IN (
    SELECT p.id FROM public.permissions p WHERE p.name IN ('message.read', 'message.send'));
DELETE FROM public.permissions WHERE name IN ('message.read', 'message.send');
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
