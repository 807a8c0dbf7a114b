-- name: read
select events from tracker where conversation = %(conversation)s;

-- name: write
insert into tracker (conversation, events, updated_at)
values (%(conversation)s, %(events)s::jsonb, now())
on conflict (conversation) do update set events = excluded.events, updated_at = excluded.updated_at;

-- name: conversations
select conversation from tracker order by conversation;

-- name: lock
select pg_advisory_xact_lock(%(key)s);

-- name: exists
select to_regclass('tracker') is not null as there;
