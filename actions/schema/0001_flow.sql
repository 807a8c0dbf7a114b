-- The way of a message through the house: conversation, inbox, outbox.

create schema vault;

-- What patients wrote and who they are, sealed (actions/handoff/vault.py). Nothing else in this database says either.
create table vault.item (
    id bigint generated always as identity primary key,
    sealed bytea not null,
    created_at timestamptz not null
);

create table conversation (
    id text primary key,                                -- a pseudonym: keyed hash of channel, page and sender
    channel text not null,
    address bigint not null references vault.item (id), -- the sealed page and sender ids, needed to reply
    opened_at timestamptz not null,
    taken_until timestamptz,                            -- until then one worker holds the conversation's inbox
    sending_until timestamptz                           -- until then one sender holds the conversation's outbox
);

create table inbox (
    id bigint generated always as identity primary key,
    conversation_id text not null references conversation (id),
    key text not null unique,                           -- keyed hash of the platform's message id: duplicates stop here
    kind text not null,                                 -- bot/channels/events.py: Kind
    item bigint references vault.item (id),             -- the sealed text
    sent_at timestamptz not null,                       -- the platform's time; orders a conversation
    received_at timestamptz not null,
    due_at timestamptz not null,
    attempts int not null default 0,
    finished_at timestamptz,
    result text                                         -- bot/turn.py: Result; withdrawn: the patient took it back in time
);
create index inbox_waiting on inbox (id) where finished_at is null;
create index inbox_of_conversation on inbox (conversation_id, sent_at, id);

create table outbox (
    id bigint generated always as identity primary key,
    conversation_id text not null references conversation (id),
    message_id bigint references inbox (id),            -- the message it answers
    text text,                                          -- our own words only, never a patient's
    quick_replies jsonb not null default '[]',
    room uuid,                                          -- the case whose private-room link this message brings
    created_at timestamptz not null,
    due_at timestamptz not null,
    attempts int not null default 0,
    sent_at timestamptz,
    refused_at timestamptz,
    refusal text                                        -- the platform's error code
);
create index outbox_waiting on outbox (id) where sent_at is null and refused_at is null;
create index outbox_of_conversation on outbox (conversation_id, id);

-- Well-signed deliveries that could not be read, and events of unknown kinds, sealed, for a person to look at.
create table dead_letter (
    id bigint generated always as identity primary key,
    channel text not null,
    item bigint not null references vault.item (id),
    reason text not null,
    received_at timestamptz not null
);
