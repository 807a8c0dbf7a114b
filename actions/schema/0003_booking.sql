-- Booking, after FHIR R4: https://hl7.org/fhir/R4/schedule.html, slot.html, appointment.html
-- Who a patient is stands nowhere here: a conversation is a pseudonym.

create table schedule (
    id int generated always as identity primary key,
    department text not null unique, -- its id in hospital.yml
    facts text                       -- fingerprint of what it was filled from; null: not filled yet
);

create table appointment (
    id bigint generated always as identity primary key,
    reference text not null unique,  -- actions/booking/reference.py
    conversation text not null,      -- where it was made
    department text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    status text not null check (status in ('proposed', 'pending', 'booked', 'cancelled')), -- actions/booking/appointment.py: AppointmentStatus
    case_id uuid references cases (id), -- in whose private room identity is settled
    created_at timestamptz not null,
    changed_at timestamptz not null
);
create unique index one_proposed_appointment on appointment (conversation) where status = 'proposed';
create index appointments_of_conversation on appointment (conversation);
create index appointments_of_case on appointment (case_id);

create table slot (
    id bigint generated always as identity primary key,
    schedule_id int not null references schedule (id),
    place smallint not null,         -- 1 to the department's capacity: one row for each patient a time can take
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    status text not null check (status in ('free', 'busy-tentative', 'busy')), -- actions/booking/appointment.py: SlotStatus
    held_until timestamptz,          -- from then on a busy-tentative slot counts as free
    appointment_id bigint references appointment (id),
    withdrawn boolean not null default false, -- no longer in the schedule: never offered again, gone once it is free
    check ((status = 'busy-tentative') = (held_until is not null)),
    check ((status = 'free') = (appointment_id is null)),
    unique (schedule_id, starts_at, place),
    unique (appointment_id) deferrable initially deferred -- a move takes the new slot before it frees the old one
);
create index withdrawn_slots on slot (schedule_id) where withdrawn;

-- Wrong reference codes, counted by conversation: a code is a secret.
create table reference_try (
    conversation text not null,
    message_id bigint,               -- a turn that runs twice counts once
    tried_at timestamptz not null,
    unique (conversation, message_id)
);
create index reference_tries on reference_try (conversation, tried_at);
