-- name: find_schedule
select id, facts from schedule where department = %(department)s

-- name: lock_schedule
insert into schedule (department) values (%(department)s)
on conflict (department) do update set department = excluded.department
returning id, facts

-- name: share_schedule
select id from schedule where department = %(department)s for share

-- name: free_lapsed
update slot set status = 'free', held_until = null, appointment_id = null
where schedule_id = %(schedule)s and status = 'busy-tentative' and held_until <= %(now)s

-- name: cancel_lapsed
update appointment set status = 'cancelled', changed_at = %(now)s
where id = any (array(
    select id from appointment
    where department = %(department)s and status = 'proposed'
      and not exists (select 1 from slot where appointment_id = appointment.id)
    for update skip locked -- whoever has it locked looks after it
))

-- name: drop_unplanned
delete from slot
where schedule_id = %(schedule)s and status = 'free' and not exists (
    select 1 from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as planned (starts_at, ends_at)
    where planned.starts_at = slot.starts_at and planned.ends_at = slot.ends_at and slot.place <= %(capacity)s
)

-- name: mark_withdrawn
update slot set withdrawn = not (place <= %(capacity)s and exists (
    select 1 from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as planned (starts_at, ends_at)
    where planned.starts_at = slot.starts_at and planned.ends_at = slot.ends_at
))
where schedule_id = %(schedule)s and (status <> 'free' or withdrawn) and ends_at > %(now)s

-- A slot in use that no longer fits the schedule keeps its place: nothing is planned across it.
-- name: add_planned
insert into slot (schedule_id, place, starts_at, ends_at, status)
select %(schedule)s, places.number, planned.starts_at, planned.ends_at, 'free'
from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as planned (starts_at, ends_at)
cross join generate_series(1, %(capacity)s) as places (number)
where not exists (
    select 1 from slot
    where slot.schedule_id = %(schedule)s and withdrawn and slot.place = places.number
      and slot.starts_at < planned.ends_at and slot.ends_at > planned.starts_at
)
on conflict (schedule_id, starts_at, place) do nothing

-- name: keep_facts
update schedule set facts = %(facts)s where id = %(schedule)s

-- name: free_starts
select distinct starts_at
from slot join schedule on schedule.id = slot.schedule_id
where schedule.department = %(department)s and not withdrawn
  and starts_at >= %(earliest)s and starts_at < %(until)s
  and (status = 'free' or (status = 'busy-tentative' and held_until <= %(now)s))
order by starts_at

-- name: free_days
select distinct (starts_at at time zone %(zone)s)::date as day
from slot join schedule on schedule.id = slot.schedule_id
where schedule.department = %(department)s and not withdrawn
  and starts_at >= %(earliest)s
  and (status = 'free' or (status = 'busy-tentative' and held_until <= %(now)s))
order by day
limit %(count)s

-- name: propose
insert into appointment (reference, conversation, department, starts_at, ends_at, status, created_at, changed_at)
values (%(reference)s, %(conversation)s, %(department)s, %(start)s, %(end)s, 'proposed', %(now)s, %(now)s)
on conflict do nothing
returning id

-- name: lock_proposed
select id from appointment where conversation = %(conversation)s and status = 'proposed' for update

-- name: lock_appointment
select id from appointment where reference = %(reference)s for update

-- Always in the order of id, so that two moves in opposite directions never wait for each other.
-- name: lock_slots
select slot.id, slot.ends_at, slot.appointment_id from slot join schedule on schedule.id = slot.schedule_id
where (schedule.department = %(department)s and starts_at = %(start)s) or appointment_id = %(appointment)s
order by slot.id
for update of slot

-- name: take
update slot
set status = %(status)s, held_until = %(held_until)s, appointment_id = %(appointment)s
where id = (
    select slot.id from slot join schedule on schedule.id = slot.schedule_id
    where schedule.department = %(department)s and starts_at = %(start)s and not withdrawn
      and (status = 'free' or (status = 'busy-tentative' and held_until <= %(now)s))
    order by place
    limit 1
)
returning id

-- name: release
update slot set status = 'free', held_until = null, appointment_id = null
where appointment_id = %(appointment)s and id <> %(keep)s

-- name: change_time
update appointment
set department = %(department)s, starts_at = %(start)s, ends_at = %(end)s, changed_at = %(now)s
where id = %(appointment)s

-- name: change_status
update appointment set status = %(status)s, changed_at = %(now)s where id = %(appointment)s

-- name: change_case
update appointment set case_id = %(case)s where id = %(appointment)s

-- name: settle_slot
update slot set status = 'busy', held_until = null where appointment_id = %(appointment)s

-- name: by_id
select appointment.*, slot.held_until, slot.id is not null as has_slot
from appointment left join slot on slot.appointment_id = appointment.id
where appointment.id = %(appointment)s

-- name: by_reference
select appointment.*, slot.held_until, slot.id is not null as has_slot
from appointment left join slot on slot.appointment_id = appointment.id
where reference = %(reference)s

-- name: of_conversation
select appointment.*, slot.held_until, slot.id is not null as has_slot
from appointment join slot on slot.appointment_id = appointment.id
where conversation = %(conversation)s and appointment.status <> 'cancelled' and appointment.starts_at > %(now)s
  and (slot.held_until is null or slot.held_until > %(now)s)
order by appointment.starts_at

-- name: of_cases
select appointment.*, slot.held_until, slot.id is not null as has_slot
from appointment left join slot on slot.appointment_id = appointment.id
where case_id = any (%(cases)s)
order by appointment.id desc

-- name: proposed_of_case
select appointment.id
from appointment join slot on slot.appointment_id = appointment.id
where case_id = %(case)s and appointment.status = 'proposed' and appointment.starts_at > %(now)s
order by appointment.id
for update

-- Nothing was written in the room or noted for staff, and every appointment is a hold that ended before then.
-- name: hold_unused_cases
select cases.id from cases
where state = 'open' and category = 'booking'
  and exists (select 1 from appointment where case_id = cases.id)
  and not exists (select 1 from case_message where case_id = cases.id and message_id is null)
  and not exists (
    select 1 from appointment left join slot on slot.appointment_id = appointment.id
    where case_id = cases.id
      and (appointment.status in ('pending', 'booked') or appointment.changed_at > %(since)s or slot.held_until > %(since)s)
  )
for update skip locked

-- name: free_slots_of_case
update slot set status = 'free', held_until = null, appointment_id = null
where appointment_id in (select id from appointment where case_id = %(case)s)

-- name: cancel_proposed_of_case
update appointment set status = 'cancelled', changed_at = %(now)s where case_id = %(case)s and status = 'proposed'

-- name: close_unused_case
update cases set state = 'closed', closed_at = %(now)s where id = %(case)s

-- name: wrong_tries
select count(*) as tries from reference_try where conversation = %(conversation)s and tried_at > %(since)s

-- name: record_try
insert into reference_try (conversation, message_id, tried_at) values (%(conversation)s, %(message_id)s, %(now)s)
on conflict do nothing

-- name: forget_tries
delete from reference_try
where ctid = any (array(select ctid from reference_try where tried_at <= %(since)s for update skip locked))
