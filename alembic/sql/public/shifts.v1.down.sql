-- Take shifts away again; their table goes with its rows, triggers and policies.
DROP TRIGGER usual_shifts ON room.wards;
DROP FUNCTION public.set_ward_shift(uuid, uuid, jsonb);
DROP FUNCTION public.give_usual_shifts();
DROP FUNCTION public.shifts_between(uuid, timestamptz, timestamptz);
DROP FUNCTION public.shift_runs(uuid, timestamptz, timestamptz);
DROP TABLE public.ward_shifts;
DROP FUNCTION public.announce_shifts();
