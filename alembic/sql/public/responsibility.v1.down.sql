-- Take allocation, responsibility and duty away again; their tables go with their rows, triggers
-- and policies.
REVOKE SELECT ON room.floors, room.buildings FROM ward_definer;
DROP TRIGGER leave_house ON public.users;
DROP TRIGGER leave_ward ON public.user_wards;
DROP FUNCTION public.ward_staff(uuid);
DROP FUNCTION public.on_duty();
DROP FUNCTION public.is_on_duty(uuid, uuid);
DROP FUNCTION public.sign_duty(uuid, uuid, text, boolean, timestamptz, text);
DROP FUNCTION public.leave_house();
DROP FUNCTION public.leave_ward();
DROP FUNCTION public.put_down_all(uuid, uuid);
DROP FUNCTION public.put_down_bed(uuid, uuid, text, timestamptz);
DROP FUNCTION public.take_bed(uuid, uuid, uuid, uuid, timestamptz);
DROP FUNCTION public.come_on_duty(uuid, uuid);
DROP FUNCTION public.allocated_at(uuid, timestamptz);
DROP FUNCTION public.allocate_bed(uuid, uuid, uuid, text, date, uuid, text);
DROP FUNCTION public.happened_at(timestamptz, timestamptz);
DROP FUNCTION public.enter_bed(uuid, text);
DROP TABLE public.duty_signs;
DROP TABLE public.bed_responsibilities;
DROP TABLE public.shift_allocations;
