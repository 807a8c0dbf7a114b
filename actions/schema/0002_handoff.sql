-- Cases: what waits for a person.

create table cases (
    id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity unique,
    conversation_id text not null,
    category text not null,        -- actions/handoff/cases.py: CaseCategory
    priority smallint not null,    -- 1 is the most urgent
    channel text not null,
    state text not null default 'open' check (state in ('open', 'claimed', 'closed')),
    opened_at timestamptz not null,
    claimed_at timestamptz,
    claimed_by text,
    closed_at timestamptz
);
create unique index one_unclosed_case on cases (conversation_id) where state <> 'closed';
create index cases_queue on cases (priority, opened_at) where state <> 'closed';

create table case_message (
    id bigint generated always as identity primary key,
    case_id uuid not null references cases (id),
    message_id bigint unique references inbox (id), -- null: written in the private room, or a note of the bot's
    author text not null check (author in ('patient', 'bot', 'staff')),
    item bigint references vault.item (id),         -- the sealed original
    redacted text not null,
    written_at timestamptz not null
);
create index case_messages on case_message (case_id, id);

-- Who did what, when. Rows are only ever added.
create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    act text not null,
    subject text not null,
    detail jsonb not null default '{}'
);
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only';
end $$;
create trigger audit_append_only before update or delete or truncate on audit for each statement execute function refuse_change();
