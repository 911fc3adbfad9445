-- Take messages away again. What takes or gives a row of the tables went with them.
DROP FUNCTION IF EXISTS public.message_addressees, public.my_messages,
    public.record_message_event, public.pass_on_messages, public.unanswered_messages,
    public.message_steps_now, public.announce_message, public.message_problem,
    public.holders_to_tell, public.holders_of, public.reads_messages, public.complete_message,
    public.tell_of_message;
DROP TYPE public.message_result;
