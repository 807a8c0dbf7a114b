-- name: lock
-- Deliveries that bring the same conversations wait for each other here, in one order: the platform repeats what it thinks is lost, in
-- whatever batches it likes, and otherwise two of them could each wait for the other.
select pg_advisory_xact_lock(hashtextextended(conversation, 0)) from unnest(%(conversations)s::text[]) as conversation

-- name: known
select 1 as known from inbox where key = %(key)s

-- name: conversation
select id from conversation where id = %(conversation)s

-- name: open_conversation
insert into conversation (id, channel, address, opened_at) values (%(conversation)s, %(channel)s, %(address)s, %(now)s)
on conflict (id) do nothing

-- name: store
insert into inbox (conversation_id, key, kind, item, sent_at, received_at, due_at)
values (%(conversation)s, %(key)s, %(kind)s, %(item)s, %(sent_at)s, %(now)s, %(now)s)
on conflict (key) do nothing
returning id

-- name: notify
notify inbox

-- name: withdraw
-- One that a worker has taken stays: it may stand in a case already.
with waiting as (
    select id, item from inbox where key = %(key)s and finished_at is null and attempts = 0 for update
),
finished as (
    update inbox set finished_at = %(now)s, result = 'withdrawn', item = null from waiting where inbox.id = waiting.id
)
select item from waiting

-- name: forget
delete from vault.item where id = %(item)s

-- name: bury
insert into dead_letter (channel, item, reason, received_at) values (%(channel)s, %(item)s, %(reason)s, %(now)s)

-- name: hold
-- The conversation, not the message, is locked: a late message that is older than the one being worked on cannot start a second worker.
with next as (
    select conversation.id
    from inbox join conversation on conversation.id = inbox.conversation_id
    where inbox.finished_at is null
        and inbox.due_at <= %(now)s
        and (conversation.taken_until is null or conversation.taken_until <= %(now)s)
        and not exists ( -- one that has to wait holds up the later ones of its conversation, never those of others
            select 1 from inbox waiting
            where waiting.conversation_id = inbox.conversation_id
                and waiting.finished_at is null and waiting.due_at > %(now)s
                and (waiting.sent_at, waiting.id) < (inbox.sent_at, inbox.id)
        )
    order by inbox.id
    limit 1
    for update of conversation skip locked
)
update conversation set taken_until = %(until)s from next where conversation.id = next.id
returning conversation.id, conversation.channel

-- name: oldest
with oldest as (
    select id, due_at from inbox where conversation_id = %(conversation)s and finished_at is null order by sent_at, id limit 1
)
update inbox set attempts = attempts + 1
from oldest
where inbox.id = oldest.id and oldest.due_at <= %(now)s
returning inbox.id, inbox.kind, inbox.received_at, inbox.attempts,
    (select sealed from vault.item where vault.item.id = inbox.item) as sealed,
    not exists (
        select 1 from inbox earlier
        where earlier.conversation_id = inbox.conversation_id and earlier.id <> inbox.id
            and earlier.result <> 'withdrawn' and earlier.finished_at > %(now)s - interval '24 hours'
    ) as first_contact

-- name: earlier
select vault.item.sealed
from inbox join vault.item on vault.item.id = inbox.item
where inbox.conversation_id = %(conversation)s
    and inbox.finished_at > %(now)s - interval '30 minutes'
    and inbox.id <> %(message_id)s
order by inbox.sent_at desc, inbox.id desc
limit 3

-- name: finish
-- Only whoever took the message last may end it.
update inbox set finished_at = %(now)s, result = %(result)s
where id = %(id)s and attempts = %(attempts)s and finished_at is null
returning id

-- name: postpone
update inbox set due_at = %(until)s
where id = %(id)s and attempts = %(attempts)s and finished_at is null
returning id

-- name: release
update conversation set taken_until = null where id = %(conversation)s
