-- name: store
insert into outbox (conversation_id, message_id, text, quick_replies, room, created_at, due_at)
values (%(conversation)s, %(message_id)s, %(text)s, %(quick_replies)s, %(room)s, %(now)s, %(now)s)

-- name: notify
notify outbox

-- name: hold
-- Only a conversation's oldest unsent message can be held: replies arrive in the order in which they were written.
with next as (
    select outbox.id, conversation.id as conversation
    from outbox join conversation on conversation.id = outbox.conversation_id
    where outbox.sent_at is null and outbox.refused_at is null
        and outbox.due_at <= %(now)s
        and (conversation.sending_until is null or conversation.sending_until <= %(now)s)
        and not exists (
            select 1 from outbox earlier
            where earlier.conversation_id = outbox.conversation_id and earlier.id < outbox.id
                and earlier.sent_at is null and earlier.refused_at is null
        )
    order by outbox.id
    limit 1
    for update of conversation skip locked
),
held as (
    update conversation set sending_until = %(until)s from next where conversation.id = next.conversation
    returning conversation.id, conversation.channel, conversation.address
)
update outbox set attempts = attempts + 1
from next, held, vault.item
where outbox.id = next.id and vault.item.id = held.address
returning outbox.*, held.channel, vault.item.sealed

-- name: address
select vault.item.sealed
from conversation join vault.item on vault.item.id = conversation.address
where conversation.id = %(conversation)s

-- name: sent
update outbox set sent_at = %(now)s where id = %(id)s

-- name: refuse
update outbox set refused_at = %(now)s, refusal = %(refusal)s where id = %(id)s

-- name: postpone
update outbox set due_at = %(until)s where id = %(id)s

-- name: release
update conversation set sending_until = null where id = %(conversation)s
